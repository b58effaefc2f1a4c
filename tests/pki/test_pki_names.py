"""Names: their order, their strings, and what no mock may be called."""

from __future__ import annotations

import unicodedata

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from mockca.errors import Malformed
from mockca.pki import names
from mockca.pki.names import AUTHORITY, MARK, SubjectName

REAL = AUTHORITY.removesuffix(MARK).strip()
ASCII = "".join(letter for letter in unicodedata.normalize("NFD", REAL) if letter.isascii())
PERSON = SubjectName("Nguyễn Thị Mẫu", ("UBND tỉnh Mẫu", "Sở Mẫu", "Phòng Mẫu"), "Mẫu", "mau@mau.test")


def test_a_name_goes_from_the_country_down_to_the_person() -> None:
    read = asn1_x509.Name.load(names.encode(PERSON), strict=True)
    attributes = [(pair["type"].dotted, pair["value"].native) for rdn in read.chosen for pair in rdn]
    assert attributes == [
        ("2.5.4.6", "VN"),
        ("2.5.4.7", "Mẫu"),
        ("2.5.4.10", "UBND tỉnh Mẫu"),
        ("2.5.4.11", "Sở Mẫu"),
        ("2.5.4.11", "Phòng Mẫu"),
        ("2.5.4.3", "Nguyễn Thị Mẫu"),
    ]


def test_the_country_is_a_printable_string_and_the_rest_utf8() -> None:
    read = asn1_x509.Name.load(names.encode(PERSON))
    kinds = [type(pair["value"].chosen).__name__ for rdn in read.chosen for pair in rdn]
    assert kinds == ["PrintableString"] + ["UTF8String"] * 5


def test_a_decomposed_name_is_composed() -> None:
    decomposed = SubjectName(unicodedata.normalize("NFD", "Trần Đức Mẫu"))
    assert names.encode(decomposed) == names.encode(SubjectName("Trần Đức Mẫu"))


def test_as_text_the_most_specific_comes_first() -> None:
    assert names.rfc4514(SubjectName("Mẫu", ("UBND",), "Huế")) == "CN=Mẫu,O=UBND,L=Huế,C=VN"


@pytest.mark.parametrize("text", ["a,b", ' a+"b"', "#1", "a\\b;<c> ", "x #", "-"])
def test_as_text_special_characters_are_escaped_as_cryptography_does(text: str) -> None:
    peer = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, text)])
    assert names.rfc4514(SubjectName(text)) == peer.rfc4514_string()


@pytest.mark.parametrize(
    "name",
    [
        REAL,
        REAL.upper(),
        ASCII,
        ASCII.lower().replace(" ", "-"),
        f"  {ASCII} ({ASCII})",
        unicodedata.normalize("NFD", REAL),
        REAL.replace("a", "ａ"),
        "RootCA",
    ],
)
def test_the_real_authoritys_name_is_refused_however_it_is_written(name: str) -> None:
    for subject in (SubjectName("Mẫu", (name,)), SubjectName("Mẫu", ("UBND", name)), SubjectName(name)):
        with pytest.raises(Malformed, match="real authority's"):
            names.encode(subject)


def test_the_mocks_own_name_carries_its_mark() -> None:
    assert MARK in AUTHORITY
    assert names.encode(SubjectName("Mẫu", (AUTHORITY,)))


def test_a_cipher_office_of_a_province_is_nobody_special() -> None:
    assert names.encode(SubjectName("PHÒNG CƠ YẾU", ("VĂN PHÒNG TỈNH MẪU",)))


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        (SubjectName(""), "common_name is empty"),
        (SubjectName("   "), "common_name is empty"),
        (SubjectName("x" * 65), "65 characters, at most 64"),
        (SubjectName("x", ("y" * 65,)), "organisations has 65"),
        (SubjectName("x", locality="z" * 129), "locality has 129"),
        (SubjectName("a\nb"), "control characters"),
        (SubjectName("a\x00b"), "control characters"),
        (SubjectName("a\u202eb"), "control characters"),
        (SubjectName("a\ud800b"), "control characters"),
        (SubjectName("x", country="vn"), "country"),
        (SubjectName("x", country="VNM"), "country"),
        (SubjectName("x", country="ÀÁ"), "country"),
    ],
)
def test_what_does_not_fit_a_name_is_malformed_and_says_why(subject: SubjectName, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        names.encode(subject)


def test_a_name_of_64_vietnamese_letters_fits_though_it_has_more_octets() -> None:
    read = asn1_x509.Name.load(names.encode(SubjectName("ế" * 64, ("Ộ" * 64,))))
    assert read.native["common_name"] == "ế" * 64


@given(st.text(max_size=70))
def test_any_text_is_a_name_that_can_be_read_back_or_malformed(text: str) -> None:
    try:
        name = names.encode(SubjectName(text, (text,), text))
    except Malformed:
        return
    read = asn1_x509.Name.load(name, strict=True)
    assert read.native["common_name"] == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("email", ["mau@mau.test", "a.b+c@x"])
def test_a_plain_address_is_taken(email: str) -> None:
    assert names.checked_email(email) == email


@pytest.mark.parametrize(
    "email", ["", "mau", "@mau.test", "mau@", "mẫu@mau.test", "a b@mau.test", "a@b@mau.test", "x" * 256]
)
def test_what_is_no_plain_address_is_malformed(email: str) -> None:
    with pytest.raises(Malformed, match="email"):
        names.checked_email(email)
