"""What a change of a policy means: topics, findings, severity, verdict, and why."""

from __future__ import annotations

from monitor.classification.classify import classify
from monitor.classification.compare import compare
from monitor.classification.context import Context
from monitor.classification.explain import explain
from monitor.classification.user import UserRule

RULES_VERSION = "1"
"""Changes whenever the same two texts could be judged differently; stored with every comparison."""

__all__ = ["RULES_VERSION", "Context", "UserRule", "classify", "compare", "explain"]
