"""What a change of a policy means: topics, findings, severity, verdict, and why."""

from __future__ import annotations

from monitor.classification.classify import classify
from monitor.classification.compare import compare
from monitor.classification.context import Context
from monitor.classification.explain import explain
from monitor.classification.user import UserRule

__all__ = ["Context", "UserRule", "classify", "compare", "explain"]
