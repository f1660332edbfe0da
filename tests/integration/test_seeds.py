"""The five seed policies as web pages: read whole, cut under the right headings, and edits found where they are."""

import re
from dataclasses import dataclass
from functools import cache

import pytest

import monitor
from monitor.model import Change, Comparison, Document
from seed_pages import SEEDS, SHAPES, blocks, page, text_of

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not SEEDS.exists(), reason="the seeds are not beside the checkout"),
]

PAGES = [(seed, shape) for seed, shapes in SHAPES.items() for shape in shapes]


@dataclass(frozen=True)
class Edit:
    """One change of a seed: words of it, their replacement, and what should be said of it."""

    seed: str
    before: str
    after: str
    heading: str
    topics: frozenset[str] = frozenset()
    """Any of these will do; empty: the edit is editorial."""

    @property
    def id(self) -> str:
        return f"{self.seed}-{'-'.join(self.before.split()[:5])}"


def material(seed: str, heading: str, before: str, after: str, *topics: str) -> Edit:
    return Edit(seed, before, after, heading, frozenset(topics))


def editorial(seed: str, heading: str, before: str, after: str) -> Edit:
    return Edit(seed, before, after, heading)


MATERIAL = (
    material("connact", "DISCLOSURE OF INFORMATION",
             "We will not share any personally identifiable information with third parties and",
             "We may share personally identifiable information with our marketing partners but",
             "data_sharing", "data_sale"),
    material("connact", "DATA BREACH", "we will make reasonable efforts to notify", "we may notify", "breach_notice"),
    material("connact", "PRIVACY OF CHILDREN", "under the age of 18. If", "under the age of 13. If", "children"),
    material("connact", "RETENTION OF INFORMATION", "Personal Information shall be deleted",
             "Personal Information may be archived", "retention", "deletion"),
    material("connact", "DATA BREACH", "on the Website, send you an email", "on the Website",
             "breach_notice", "policy_changes", "notice_period"),
    material("connact", "DATA ANALYTICS", "We do not use third-party analytics tools to track",
             "We use third-party analytics tools to track", "cookies_tracking", "data_collection", "data_use"),
    material("zomentum", "", "We do not make automated decisions about you",
             "We may make automated decisions about you", "automated_decisions"),
    material("zomentum", "", "will not sell or share your Personal Data with other parties except",
             "may share your Personal Data with other parties, for instance",
             "data_sale", "data_sharing"),
    material("zomentum", "Data Breach", "will promptly notify affected Customers",
             "will notify affected Customers where practicable", "breach_notice"),
    material("zomentum", "", "i. Providing you the Service",
             "i. Providing you the Service and training artificial intelligence on your content",
             "ai_training", "data_use"),
    material("montra", "d. Data Retention", "for a limited period, if requested",
             "for up to ten years, if requested", "retention", "law_enforcement"),
    material("montra", "4. HOW WE SHARE INFORMATION", "is not in the business of selling your information",
             "may sell your information to selected partners", "data_sale", "data_sharing"),
    material("montra", "a. Our Policy Toward Children", "under the age of thirteen (13), please",
             "under the age of sixteen (16), please", "children"),
    material("montra", "h. Changes to Montra’s Privacy Policy", "without prior notice",
             "with 30 days’ prior notice", "policy_changes", "notice_period"),
    material("montra", "f. California Privacy Rights Disclosure", "We do not sell Personal Data. ",
             "", "data_sale", "data_sharing"),
    material("montra", "g. International Users", "servers in the United States",
             "servers in the United States and India", "international_transfer"),
    material("zarget", "Information Collected From You", "Your information will never be sold to or shared with",
             "Your information may be sold to or shared with", "data_sale", "data_sharing"),
    material("zarget", "Use of Cookies", "No personal information is collected during this process",
             "Personal information is collected during this process", "cookies_tracking", "data_collection"),
    material("zarget", "Children’s Personal Information", "children under the age of 13. If",
             "children under the age of 16. If", "children"),
    material("zarget", "Protection of Information", "we will not sell or share your personal data",
             "we may sell or share your personal data", "data_sale", "data_sharing"),
    material("numonix", "How Long Do We Keep Your Personal Data", "within two (2) weeks of the end",
             "within ninety (90) days of the end", "retention", "deletion"),
    material("numonix", "Contact Us", "up to 30 days for us to reply", "up to 90 days for us to reply",
             "user_rights", "contact"),
    material("numonix", "Subpoenas", "response fee of $250 per hour", "response fee of $400 per hour",
             "fees_payment", "law_enforcement"),
    material("numonix", "IXCloud Fair Usage Policy", "greater than 2400 API calls per day",
             "greater than 1200 API calls per day", "acceptable_use", "service_changes", "sla_support"),
    material("numonix", "TERM AND TERMINATION", "Within 15 days after termination",
             "Within 5 days after termination", "termination", "deletion", "retention", "user_rights"),
    material("numonix", "GOVERNING LAW", "governed by the laws of the State of Florida",
             "governed by the laws of the State of Texas", "governing_law", "dispute_resolution"),
    material("numonix", "", "Numonix shall inform Customer without undue delay",
             "Numonix shall inform Customer within 30 days", "breach_notice", "security"),
    material("numonix", "Deprecation and API Changes",
             "Endpoint will be marked DEPRECATED at least 60 days before",
             "Endpoint will be marked DEPRECATED at least 7 days before", "service_changes", "notice_period"),
)  # fmt: skip

EDITORIAL = (
    editorial("connact", "LINKS TO OTHER RESOURCES", "Please be aware that", "Please note that"),
    editorial("connact", "PRIVACY OF CHILDREN", "We encourage parents", "We ask parents"),
    editorial("connact", "INFORMATION SECURITY", "However, no data transmission", "But no data transmission"),
    editorial("zomentum", "", "We encourage you to periodically review", "We advise you to review from time to time"),
    editorial("zomentum", "", "Please feel free to contact us if you have any questions",
              "Please contact us if you have any questions"),
    editorial("montra", "1. OUR PRIVACY PRINCIPLES", "is extremely important to us", "is very important to us"),
    editorial("montra", "7. CONTACT US", "please feel free to contact us", "please contact us"),
    editorial("montra", "5. YOUR CHOICES", "We respect your choices", "We value your choices"),
    editorial("zarget", "Public Forums", "You should be aware that", "Please be aware that"),
    editorial("zarget", "Essential Cookies", "These class of cookies helps", "This class of cookies helps"),
    editorial("numonix", "How Long Do We Keep Your Personal Data", "necessary to fulfil the purpose",
              "needed to fulfil the purpose"),
    editorial("numonix", "Principles", "should adhere to the following", "should follow the following"),
)  # fmt: skip


def edited(edit: Edit) -> str:
    """The seed with one edit; the words may be broken over lines in it."""
    text = text_of(edit.seed)
    pattern = r"\s+".join(map(re.escape, edit.before.split()))
    if edit.before.endswith(" "):
        pattern += r"\s*"
    found, count = re.subn(pattern, lambda _: edit.after, text, count=1)
    assert count == 1, f"{edit.before!r} is not in the seed"
    return found


@cache
def read(seed: str, shape: str, visit: int = 0) -> Document:
    return monitor.extract(page(seed, shape, text_of(seed), visit))


@cache
def compared(edit: Edit, shape: str) -> Comparison:
    after = monitor.extract(page(edit.seed, shape, edited(edit), visit=1))
    return monitor.compare(read(edit.seed, shape), after)


def where(edit: Edit, comparison: Comparison) -> list[Change]:
    """The changes whose words are those of the edit."""
    gone = set(re.findall(r"\w+", edit.before)) - set(re.findall(r"\w+", edit.after))
    come = set(re.findall(r"\w+", edit.after)) - set(re.findall(r"\w+", edit.before))

    def touched(change: Change) -> bool:
        words = {op: set(re.findall(r"\w+", " ".join(t for o, t in change.words if o == op)))
                 for op in ("delete", "insert")}  # fmt: skip
        deleted = words["delete"] or set(re.findall(r"\w+", change.before or ""))
        inserted = words["insert"] or set(re.findall(r"\w+", change.after or ""))
        return bool(gone & deleted or come & inserted)

    return [change for change in comparison.changes if touched(change)]


def same(text: str) -> str:
    """Letters and digits alone, as a heading is the same in any typography."""
    return re.sub(r"\W+", "", text).casefold()


@pytest.mark.parametrize(("seed", "shape"), PAGES)
def test_every_word_of_a_seed_is_read_and_nothing_around_it(seed: str, shape: str):
    document = read(seed, shape)
    expected = [t for _, line in blocks(seed, text_of(seed)) for t in re.findall(r"[a-z]{3,}", line.lower())]
    found = re.findall(r"[a-z]{3,}", document.text.lower())
    assert document.problem is None
    missing = set(expected) - set(found)
    assert len(missing) <= 3, sorted(missing)[:20]
    assert 0.97 <= len(found) / len(expected) <= 1.02
    assert not re.search(r"Accept all|Most read|Careers", document.text)


@pytest.mark.parametrize(("seed", "shape"), PAGES)
def test_clauses_stand_under_their_headings(seed: str, shape: str):
    """Nine tenths of the paragraphs have the heading above them at the end of their path."""
    document = read(seed, shape)
    by_text = {same(clause.label + clause.text)[:60]: clause for clause in document.clauses}
    heading, right, wrong = "", 0, []
    for kind, text in blocks(seed, text_of(seed)):
        if kind in ("heading", "title"):
            heading = text
        elif kind == "paragraph" and len(text) > 100 and heading:
            clause = by_text.get(same(text)[:60])
            # A run-in heading ("Surveys. If you …") may be a further step below it.
            if clause is not None and any(same(step) in same(heading) for step in clause.path[-2:]):
                right += 1
            else:
                wrong.append((heading, clause.path if clause else None, text[:60]))
    assert right / (right + len(wrong)) >= 0.9, wrong[:10]


@pytest.mark.parametrize(("seed", "shape"), PAGES)
def test_another_visit_changes_nothing(seed: str, shape: str):
    assert monitor.compare(read(seed, shape), read(seed, shape, visit=2)).verdict == "unchanged"


@pytest.mark.parametrize("edit", [*MATERIAL, *EDITORIAL], ids=lambda edit: edit.id)
def test_an_edit_is_found_in_its_clause_and_only_there(edit: Edit):
    first, *others = SHAPES[edit.seed]
    for shape in (first, others[len(edit.before) % len(others)]):  # each with another one
        comparison = compared(edit, shape)
        assert len(comparison.changes) == 1, (
            shape,
            [(c.path, c.before, c.after) for c in comparison.changes],
        )
        [change] = where(edit, comparison)
        assert change.change == "modified"
        if edit.heading:
            assert any(same(edit.heading) in same(step) or same(step) in same(edit.heading)
                       for step in change.path), (shape, change.path)  # fmt: skip


def test_material_edits_are_material_with_a_fitting_topic():
    verdicts = {edit: where(edit, compared(edit, SHAPES[edit.seed][0])) for edit in MATERIAL}
    hits = [e for e, changes in verdicts.items() if any(c.verdict == "material" for c in changes)]
    topical = [e for e, changes in verdicts.items() if any(e.topics & set(c.topics) for c in changes)]
    missed = [
        (e.id, [(c.verdict, c.topics) for c in verdicts[e]])
        for e in MATERIAL
        if e not in hits or e not in topical
    ]
    assert len(hits) / len(MATERIAL) >= 0.9, missed
    assert len(topical) / len(MATERIAL) >= 0.85, missed


def test_editorial_edits_are_hardly_ever_material():
    shouted = [
        (edit.id, [f.rule for f in change.findings])
        for edit in EDITORIAL
        for change in where(edit, compared(edit, SHAPES[edit.seed][0]))
        if change.verdict == "material"
    ]
    assert len(shouted) <= 1, shouted


def sampled(seed: str, count: int = 4) -> list[str]:
    """Some long paragraphs of a seed, spread over it, each standing there once, word for word."""
    text = text_of(seed)
    plain = " ".join(text.split())
    long = [line for kind, line in blocks(seed, text) if kind == "paragraph" and len(line) > 150]
    once = [line for line in long if plain.count(" ".join(line.split())) == 1]
    return once[:: max(1, len(once) // count)][:count]


def rewritten(seed: str, shape: str, old: str, new: str) -> Comparison:
    """The page with one paragraph rewritten (or left out), compared with the page as it was."""
    pattern = r"\s+".join(map(re.escape, old.split()))
    text, count = re.subn(pattern, lambda _: new, text_of(seed), count=1)
    assert count == 1
    return monitor.compare(read(seed, shape), monitor.extract(page(seed, shape, text, visit=3)))


def heading_above(seed: str, paragraph: str) -> str:
    heading = ""
    for kind, text in blocks(seed, text_of(seed)):
        if kind in ("heading", "title"):
            heading = text
        if text == paragraph:
            return heading
    raise AssertionError(paragraph)


@pytest.mark.parametrize(("seed", "shape"), [(seed, SHAPES[seed][-1]) for seed in SHAPES])
def test_one_word_anywhere_is_found_in_its_clause_under_its_heading(seed: str, shape: str):
    for old in sampled(seed):
        words = old.split()
        words[len(words) // 2] = "zeppelin"
        comparison = rewritten(seed, shape, old, " ".join(words))
        [change] = comparison.changes
        assert ("insert", "zeppelin") in [(op, text.strip()) for op, text in change.words]
        assert comparison.verdict in ("editorial", "material")
        heading = heading_above(seed, old)
        if heading:
            assert any(same(step) in same(heading) for step in change.path), (change.path, heading)


@pytest.mark.parametrize(("seed", "shape"), [(seed, SHAPES[seed][0]) for seed in SHAPES])
def test_a_clause_that_goes_is_removed_and_one_that_comes_is_added(seed: str, shape: str):
    new = "Every leap year we hand the lighthouse keepers a printed copy of all invoices of your account."
    for old in sampled(seed, count=2):
        gone = rewritten(seed, shape, old, "")
        assert {change.change for change in gone.changes} == {"removed"}, gone.changes
        lost = "".join(same(change.before or "") for change in gone.changes)
        assert same(old)[-60:] in lost
        come = rewritten(
            seed, shape, old, f"{old}\n{new}" if shape not in ("breaks", "pre") else f"{old} {new}"
        )
        assert [change.change for change in come.changes] in (["added"], ["modified"])
        assert same(new) in same(come.changes[0].after or "")
