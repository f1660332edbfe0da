"""By when one must object, when only the policy says so."""

from __future__ import annotations

import pytest

from monitor.alerts.objection import named_period
from monitor.model import Clause, Document


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("You may object to a new subprocessor within 30 days of our notice.", 30),
        ("Customer has thirty (30) days after notification to object to the change.", 30),
        ("If you do not object to the updated terms within two weeks, they apply.", 14),
        ("Objections to changes must reach us within 2 weeks of the notice.", 14),
        ("Sie können der Änderung binnen vierzehn Tagen widersprechen; danach gilt sie.", 14),
        ("We delete the object after 30 days.", None),
        ("You may object to processing at any time.", None),
        ("We notify you of changes 30 days in advance.", None),
        ("You may object to a change within 900 days of notice.", None),
    ],
)
def test_a_named_period(text: str, days: int | None) -> None:
    found = named_period(Document(clauses=(Clause("Something else takes 5 days."), Clause(text))))
    assert (found[0] if found else None) == days


def test_the_shortest_of_several_counts() -> None:
    clauses = tuple(
        Clause(f"You may object to a change within {days} days of notice.") for days in (30, 10, 20)
    )
    found = named_period(Document(clauses=clauses))
    assert found is not None
    assert found[0] == 10
