"""Judging looks against history: what is news, what is a flip, what is not the policy at all."""

from monitor.judgement.history import judgements, replay
from monitor.judgement.judge import Judgement, Look, Silenced, judge
from monitor.judgement.memory import Memory

__all__ = ["Judgement", "Look", "Memory", "Silenced", "judge", "judgements", "replay"]
