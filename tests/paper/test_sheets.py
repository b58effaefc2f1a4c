"""Words and values on paper."""

from __future__ import annotations

import pytest

from mockca.paper.sheets import number_in_words, shown_value
from mockca.rules.terms import FieldType, FormField


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (1, "một"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (30, "ba mươi"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (10_000, "mười nghìn"),
        (21_115, "hai mươi mốt nghìn một trăm mười lăm"),
    ],
)
def test_numbers_are_written_out_as_minutes_want_them(number: int, words: str) -> None:
    assert number_in_words(number) == words


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_a_number_beyond_the_words_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="is not between"):
        number_in_words(number)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("date", "2025-09-02", "02/09/2025"),
        ("date", "hôm nay", "hôm nay"),
        ("years", 5, "5 năm"),
        ("text", None, ""),
        ("text", "Nguyễn Văn An", "Nguyễn Văn An"),
        ("integer", 3, "3"),
    ],
)
def test_values_are_shown_as_vietnamese_documents_write_them(kind: FieldType, value: object, shown: str) -> None:
    assert shown_value(FormField("Mục", "field", kind, required=True, clause="XX-1"), value) == shown
