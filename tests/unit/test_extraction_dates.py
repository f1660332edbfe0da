"""Dates as pages state them."""

import pytest

from monitor.extraction.dates import find, is_date_line


@pytest.mark.parametrize(
    ("line", "language", "stated", "effective"),
    [
        ("Last updated: August 23, 2024", "en", "2024-08-23", None),
        ("Effective Date – January 02, 2021", "en", None, "2021-01-02"),
        ("This Privacy Policy is effective as of Oct 1, 2015.", "en", None, "2015-10-01"),
        ("Last Updated 23 October 2024", "en", "2024-10-23", None),
        ("Effective May 1, 2024. Last modified April 3rd, 2024", "en", "2024-04-03", "2024-05-01"),
        ("Stand: 1. März 2023", "de", "2023-03-01", None),
        ("Gültig ab 01.05.2024", "de", None, "2024-05-01"),
        ("Dernière mise à jour : 1er février 2022", "fr", "2022-02-01", None),
        ("Última actualización: 5 de enero de 2023", "es", "2023-01-05", None),
        ("Ultimo aggiornamento: 7 giugno 2021", "it", "2021-06-07", None),
        ("Laatst bijgewerkt op 12 mei 2020", "nl", "2020-05-12", None),
        ("Последнее обновление: 3 марта 2022 г.", "ru", "2022-03-03", None),
        ("最終更新日：2024年5月1日", "ja", "2024-05-01", None),
        ("Version 2024-06-30", "en", "2024-06-30", None),
        ("Last revised 25/07/21", "en", "2021-07-25", None),
        ("We keep data since 2019 for 30 days", "en", None, None),
    ],
)
def test_dates(line: str, language: str, stated: str | None, effective: str | None) -> None:
    found = find([line], language=language)
    assert (found.stated, found.effective) == (stated, effective)


def test_an_ambiguous_date_is_said_to_be_so() -> None:
    found = find(["Last Revised 10/07/21"], language="en")
    assert found.stated is None
    assert found.note == "'10/07/21' is ambiguous: 2021-07-10 or 2021-10-07"
    assert find(["Last Revised 10/07/21"], language="en", region="US").stated == "2021-10-07"


def test_a_date_without_a_day_is_noted() -> None:
    found = find(["Updated September, 2024"], language="en")
    assert (found.stated, found.note) == ("2024-09-01", "'September, 2024' names no day")


def test_key_and_date_on_two_lines() -> None:
    assert find(["Last updated", "May 1, 2024", "Text"], language="en").stated == "2024-05-01"


def test_date_lines_are_no_headings_and_sentences_no_date_lines() -> None:
    assert is_date_line("Last updated: August 23, 2024")
    assert is_date_line("(Revised on 28/03/2024)")
    assert not is_date_line("Fees for 2024 and later years")
