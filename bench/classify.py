"""CPU time of judging one changed clause: `python -m bench.classify` (exit 1 over a bound).

The pairs are the guards of `tests/eval`: critical changes and the same said otherwise. As machines differ, the bound is
in steps of an empty loop, timed in the same run: 30,000 of them take a millisecond where Python is quick.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from monitor.classification import Context
from monitor.classification.classify import judge
from monitor.comparison import Difference, differences
from monitor.model import Clause, Document

EVAL = Path(__file__).resolve().parents[1] / "tests" / "eval"
MOST_STEPS = 30_000
"""Steps of an empty loop in which a pair has to be judged."""
STEPS, ROUNDS = 300_000, 5


def pairs() -> list[tuple[str, str]]:
    groups = [
        group["cases"]
        for name in ("critical_blind", "critical_same")
        for group in tomllib.loads((EVAL / f"{name}.toml").read_text("utf-8")).values()
    ]
    return [(before, after) for cases in groups for before, after in cases]


def cases() -> list[tuple[Difference, Context]]:
    """Every changed clause with what its documents say of it."""
    found: list[tuple[Difference, Context]] = []
    for texts in pairs():
        before, after = (Document(clauses=(Clause(text),)) for text in texts)
        context = Context.of(before, after, rules=(), policy_kind=None, vendor=None)
        changed = differences(before, after)
        context = context.having(changed, before, after)
        found += [(difference, context) for difference in changed if not difference.cosmetic]
    return found


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def loop() -> None:
    step = 0
    while step < STEPS:
        step += 1


def main() -> int:
    changed = cases()
    sides = [
        clause for difference, _ in changed for clause in (difference.before, difference.after) if clause
    ]
    words = sum(len(clause.text.split()) for clause in sides) / len(sides)

    def judged() -> None:
        for difference, context in changed:
            judge(difference, context)

    judged()  # rules are read and kept
    step = min(seconds(loop) for _ in range(ROUNDS)) / STEPS
    each = min(seconds(judged) for _ in range(ROUNDS)) / len(changed)
    steps = each / step
    print(f"{len(changed)} changed clauses of {words:.0f} words a side: {each * 1000:.2f} ms each,")
    print(f"{steps:,.0f} steps of an empty loop (at most {MOST_STEPS:,}; a step took {step * 1e9:.0f} ns)")
    return int(steps > MOST_STEPS)


if __name__ == "__main__":
    sys.exit(main())
