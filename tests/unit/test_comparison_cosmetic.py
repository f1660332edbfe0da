from __future__ import annotations

import pytest

from monitor.comparison import differences
from monitor.model import Clause, Document

OTHERS = (
    Clause("Terms", kind="heading"),
    Clause("We erase records after a quarter of a year.", path=("Terms",)),
    Clause("Either party may give notice in writing.", path=("Terms",)),
)


def between(before: str | Clause, after: str | Clause, *, title: str = "", url: str | None = None):
    """The one difference between two documents that differ in one clause."""
    documents = [
        Document(
            title=title,
            url=url,
            clauses=(
                *OTHERS[:2],
                clause if isinstance(clause, Clause) else Clause(clause, path=("Terms",)),
                OTHERS[2],
            ),
        )
        for clause in (before, after)
    ]
    found = differences(*documents)
    assert len(found) == 1, found
    return found[0]


COSMETIC = {
    "case": ("You must not resell the Service.", "YOU MUST NOT RESELL THE SERVICE."),
    "quotes": ("“Service” means the vendor's portal.", '"Service" means the vendor’s portal.'),
    "dashes": ("Fees – if any – are due at once.", "Fees - if any - are due at once."),
    "spacing": ("Fees are due  at once.", "Fees are due at once ."),
    "invisible letters": ("Fees are due at once.", "Fees\u200b are\u00ad due\u00a0at once."),
    "damaged encoding": (
        "The vendor’s portal is free – for now.",
        "The vendorâ€™s portal is free â€“ for now.",
    ),
    "ligatures": ("The office files are confidential.", "The oﬃce ﬁles are confidential."),
    "copyright sign": ("(c) Example Ltd. All rights reserved.", "© Example Ltd. All rights reserved."),
    "e-mail signs written out": (
        "Write to law@example.com today.",
        "Write to law (at) example (dot) com today.",
    ),
    "e-mail hidden": ("Write to law@example.com today.", "Write to [email protected] today."),
    "e-mail behind a link": ("To object, contact us.", "To object, [email protected]."),
    "e-mail hidden in markup": (
        "Write to law@example.com.",
        "Write to [[email\u00a0protected]](/cdn-cgi/l/email-protection).",
    ),
    "punctuation": ("Names, addresses and dates.", "Names; addresses and dates"),
    "label": ("1. Names and addresses are kept.", "A.1. Names and addresses are kept."),
    "spaces beside figures": ("Open 6 am - 10 pm on working days.", "Open 6am-10pm on working days."),
    "announcement to screen readers": ("See our price list.", "See our price list (opens in a new window)."),
    "date line": ("Last updated: May 4, 2024", "Last updated: 5 June 2024"),
    "date line in German": ("Stand: 4. Mai 2024", "Stand: 5. Juni 2024"),
    "effective date line": ("Effective Date: 2024-05-04", "Effective Date: 2024-06-05"),
    "relative time": ("Updated over 2 weeks ago", "Updated yesterday"),
    "stated date in a sentence": (
        "This notice was last updated on May 4, 2024. Please come back often to read what was changed in it.",
        "This notice was last updated on June 5, 2024. Please come back often to read what was changed in it.",
    ),
    "copyright year": (
        "© 2023 Example Ltd. All rights reserved.",
        "© 2024 Example Ltd. All rights reserved.",
    ),
    "labels of a list in one paragraph": (
        "You shall not: (a) copy it; (b) sell it; or (c) show it to others.",
        "You shall not: (i) copy it; (ii) sell it; or (iii) show it to others.",
    ),
    "a list without its labels": (
        "You shall not: (a) copy it; (b) sell it; or (c) show it to others.",
        "You shall not: copy it; sell it; or show it to others.",
    ),
    "order of a list in one line": (
        "Deutsch, English, Español, Français",
        "English, Français, Deutsch, Español",
    ),
}


@pytest.mark.parametrize(("before", "after"), COSMETIC.values(), ids=COSMETIC)
def test_no_change_of_wording(before, after):
    assert between(before, after).cosmetic
    assert between(after, before).cosmetic


TOLD = {
    "a number in a sentence": ("You must be 16 or older.", "You must be 18 or older."),
    "a number that leads an item": ("30 days after the invoice", "60 days after the invoice"),
    "a size that leads an item": ("2.5 GB of storage", "3.5 GB of storage"),
    "a percentage": ("Uptime is 99.9% a month.", "Uptime is 99.5% a month."),
    "a currency": ("The fee is $50 a month.", "The fee is €50 a month."),
    "a date that a clause depends on": (
        "Claims must be made before May 4, 2024.",
        "Claims must be made before June 5, 2024.",
    ),
    "an offer that ends": (
        "Effective prices are valid until 2024-05-04.",
        "Effective prices are valid until 2024-06-05.",
    ),
    "a negation": ("We do share your data.", "We do not share your data."),
    "a name": ("Uptime Robot runs the portal.", "UptimeRobot runs the portal."),
    "another address": ("Write to law@example.com today.", "Write to tax@example.com today."),
    "an entry gone from a list in one line": (
        "Names, addresses, birthdays, photos",
        "Names, addresses, photos",
    ),
    "a reference to another clause": ("Section 7.2 applies to refunds.", "Section 7.3 applies to refunds."),
    "a reference to other entries": ("Data under (b) or (d) is erased.", "Data under (b) or (e) is erased."),
    "an entry gone with its label": (
        "You shall not: (a) copy it; (b) sell it; or (c) show it to others.",
        "You shall not: (a) copy it; or (b) show it to others.",
    ),
    "a year of a period": ("Data of 2023 is erased.", "Data of 2024 is erased."),
    "18 and over": ("For people of age 18.", "For people of age 18+."),
}


@pytest.mark.parametrize(("before", "after"), TOLD.values(), ids=TOLD)
def test_changes_that_people_are_told(before, after):
    assert between(before, after).cosmetic is None
    assert between(after, before).cosmetic is None


def test_another_query_or_page_behind_a_link_is_cosmetic_and_another_file_is_not():
    def linked(target: str) -> Clause:
        return Clause("The list of partners is part of this contract.", path=("Terms",), links=(target,))

    assert (
        between(linked("https://example.com/p?did=1#a"), linked("https://example.com/p?did=2")).cosmetic
        == "link"
    )
    assert (
        between(linked("https://example.com/p.pdf?v=1"), linked("https://example.com/p.pdf?v=2")).cosmetic
        == "link"
    )
    assert (
        between(linked("https://example.com/p-2023.pdf"), linked("https://example.com/p-2024.pdf")).cosmetic
        is None
    )


def test_references_that_follow_their_renumbered_targets_are_cosmetic():
    def terms(label: str, reference: str) -> Document:
        return Document(
            clauses=(
                Clause("Refunds are paid within ten days of the claim.", label=label),
                Clause(f"Apart from section {reference} no refund is due.", label="9"),
            )
        )

    renumbered = [d.cosmetic for d in differences(terms("7.2", "7.2"), terms("7.3", "7.3"))]
    assert renumbered == ["reference renumbered"]
    [pointing_elsewhere] = differences(terms("7.2", "7.2"), terms("7.3", "7.4"))
    assert pointing_elsewhere.cosmetic is None


def appearing(clause: Clause, *, title: str = "", url: str | None = "https://www.example.com/terms"):
    [came] = differences(
        Document(title=title, url=url, clauses=OTHERS),
        Document(title=title, url=url, clauses=(*OTHERS, clause)),
    )
    [went] = differences(
        Document(title=title, url=url, clauses=(*OTHERS, clause)),
        Document(title=title, url=url, clauses=OTHERS),
    )
    assert (came.change, went.change) == ("added", "removed")
    assert came.cosmetic == went.cosmetic
    return came.cosmetic


def test_parts_of_the_page_that_are_none_of_the_policy():
    assert appearing(Clause("Pricing", linked=True, links=("/pricing",)))
    assert appearing(Clause("Pricing", linked=True, links=("https://shop.example.com/pricing",)))
    assert appearing(Clause("Terms of Example", path=("Terms",)), title="Terms of Example | Example")
    assert appearing(Clause("Table of contents"))
    assert appearing(Clause("Was this helpful?"))
    assert appearing(Clause("Updated this week"))
    assert appearing(Clause("1-10 of 17 results"))
    assert appearing(Clause("How to set up an account", path=("Related articles",)))
    assert appearing(Clause("***"))
    assert appearing(Clause("Welcome to the pages of Example!", kind="heading"))


def test_parts_of_the_policy_that_look_like_parts_of_the_page():
    """A list of partners is a list of links to other sites; a linked file may be a contract; a row is data."""
    assert (
        appearing(Clause("Acme Hosting", kind="item", linked=True, links=("https://acme.example.net/",)))
        is None
    )
    assert appearing(Clause("Annex 2", linked=True, links=("/annex-2.pdf",))) is None
    assert (
        appearing(Clause("Photos", kind="item", lead="We collect:", linked=True, links=("/photos",))) is None
    )
    assert appearing(Clause("Help", kind="row", cells=(("Name", "Help"),))) is None
    assert appearing(Clause("Precise location", kind="item")) is None
    assert appearing(Clause("Welcome to Example, a company under the laws of Malta.")) is None
    assert appearing(Clause("We sell your data to anyone who asks.")) is None


def test_a_menu_that_names_sister_sites_is_a_menu():
    menu = tuple(Clause(name, linked=True, links=(f"/{name}",)) for name in ("pricing", "jobs", "news"))
    sister = Clause("Sister", linked=True, links=("https://sister.example.net/",))
    before = Document(url="https://example.com/terms", clauses=(*OTHERS, *menu))
    after = Document(url="https://example.com/terms", clauses=(*OTHERS, *menu, sister))
    assert [d.cosmetic for d in differences(before, after)] == ["entry of a menu"]
