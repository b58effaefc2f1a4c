"""Our own signer of documents, with the keys of the corpus, and deliberate defects of it.

A defect signs by other rules than those at hand, shows something else, or goes about it otherwise.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import TextStampStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from conformance.corpus.model import Case, instant
from conformance.corpus.signing import Clock
from conformance.corpus.world import World
from conformance.suites.signer.orders import DEFAULTS, ISSUED, order, unready
from conformance.targets.signer import Folder, FunctionSigner, Order, SignerRefused
from token_emulator.documents.drafts import Draft, render_draft
from token_emulator.documents.errors import Unsignable
from token_emulator.documents.fonts import BOLD, SERIF, register_fonts
from token_emulator.documents.rules import DocumentRules, Mark, Presence, Role, Said, load
from token_emulator.documents.rules.model import Item, Span
from token_emulator.documents.signing import Facts, MemoryKey, PdfOptions, Signing, Stamp, issue, sign_as, sign_pdf
from token_emulator.documents.signing.drawing import iso_time
from token_emulator.documents.signing.numbering import has_places, open_places, write_number
from token_emulator.documents.signing.specimens import specimen_seal, specimen_signature

PERSON, BODY, ANOTHER, REVOKED, STAMPING = "an", "office", "binh", "revoked", "tsa"
SIGNER, ORGANISATION = "Nguyễn Văn An", "Sở Khoa học và Công nghệ"
"""As their certificates name them, and as orders to this signer do."""
ORDERED: Final[Mapping[str, str]] = MappingProxyType({**DEFAULTS, "signer": SIGNER, "organisation": ORGANISATION})
AS_WANTED: Final = "as-wanted"
BLACK, BLUE, RED = (20, 20, 20), (22, 48, 168), (0.8, 0.0, 0.0)
CORNER: Final = (130 * mm, 275 * mm, 190 * mm, 291 * mm)
ASIDE: Final = (20 * mm, 20 * mm, 92 * mm, 57 * mm)
"""Where nothing is to be shown."""


@dataclass(frozen=True, slots=True)
class Work:
    """An order, and what there is to carry it out with."""

    order: Order
    rules: DocumentRules
    facts: Facts
    keys: Mapping[Role, MemoryKey]
    options: PdfOptions
    at: datetime
    world: World

    @property
    def kind(self) -> str:
        return self.order.entry.kind

    @property
    def sequence(self) -> tuple[Role, ...]:
        """The longest that the regulation has for this kind."""
        sequences = self.rules.kinds[self.kind].sequences.value
        return max(sequences, key=len, default=(Role.PERSON, Role.ORGANISATION))


Way = Callable[[Work], bytes]


def properly(work: Work) -> bytes:
    """As the regulation wants it."""
    return issue(work.order.draft, work.rules, work.keys, work.facts, work.at, work.kind, work.options)


def signer(world: World, mutant: str = "") -> FunctionSigner:
    """Our signer, with that defect or none."""
    way = DEFECTS[mutant] if mutant else properly

    def sign(one: Order) -> bytes:
        rules, entry = load(one.regulation), one.entry
        domain = rules.email_domain.value if rules.email_domain else "vidu.test"
        facts = Facts(SIGNER, ORGANISATION, f"an@{domain}", entry.number, entry.issued)
        keys = {Role.PERSON: _key(world, PERSON), Role.ORGANISATION: _key(world, BODY)}
        options = PdfOptions(stamper=Clock(world, STAMPING, one.at))
        try:
            return way(Work(one, rules, facts, keys, options, one.at, world))
        except Unsignable as error:
            raise SignerRefused(str(error)) from None

    return FunctionSigner(sign)


def formed(world: World, case: Case) -> bytes:
    """A document of the corpus that our signer makes."""
    rules, at = load(case.regulations[0]), instant(case.signatures[0].signed)
    wanted = unready(rules, case.draft, at, ORDERED) if case.draft else order(rules, ISSUED, at, ORDERED)
    return signer(world, "" if case.form == AS_WANTED else case.form).sign(wanted)


def _key(world: World, id_: str) -> MemoryKey:
    holder = world.holder(id_)
    return MemoryKey(holder.key, holder.certificate.dump())


# --- by other rules -------------------------------------------------------------------------------------------


def _marked(change: Callable[[Mark], dict[str, Any]]) -> Way:
    """Every signature is shown otherwise, where the change says something of it."""

    def way(work: Work) -> bytes:
        kinds = {}
        for name, kind in work.rules.kinds.items():
            marks = {role: mark.model_copy(update=change(mark)) for role, mark in kind.marks.items()}
            kinds[name] = kind.model_copy(update={"marks": marks})
        return properly(replace(work, rules=work.rules.model_copy(update={"kinds": kinds})))

    return way


def _said(value: Any) -> Said[Any]:
    return Said(value=value, unsourced=True)


def _without(item: Item) -> Way:
    def change(mark: Mark) -> dict[str, Any]:
        left = tuple(one for one in mark.items.value if one is not item) if mark.items else ()
        return {"items": _said(left)} if left else {}

    return _marked(change)


def _instead(field: str, found: Presence, shown: Presence) -> Way:
    def change(mark: Mark) -> dict[str, Any]:
        said = getattr(mark, field)
        return {field: _said(shown)} if said and said.value is found else {}

    return _marked(change)


# --- showing something else -----------------------------------------------------------------------------------


def _shown(change: Callable[[Facts], Facts]) -> Way:
    return lambda work: properly(replace(work, facts=change(work.facts)))


def _opaque(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as picture:
        sheet = Image.new("RGB", picture.size, "white")
        sheet.paste(picture, mask=picture.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _on_white(facts: Facts) -> Facts:
    return replace(
        facts,
        signature_image=_opaque(specimen_signature(SIGNER)),
        seal_image=_opaque(specimen_seal(ORGANISATION)),
    )


def _worded(
    *,
    font: str = SERIF,
    size: float = 10,
    colour: tuple[float, float, float] = (0, 0, 0),
    time: Callable[[datetime], str] = iso_time,
    shout: bool = False,
) -> Way:
    """Every signature is words alone, set like that."""

    def way(work: Work) -> bytes:
        facts = work.facts
        said = ("Sao y", facts.signer, facts.email, facts.organisation)
        lines = [line.upper() if shout else line for line in said if line]
        lines += [facts.number or "", time(work.at)]
        stamp = Stamp(0, CORNER, _drawn(lines, font, size, colour))
        pdf = _numbered(work, work.order.draft)
        for role in work.sequence:
            pdf = sign_pdf(pdf, work.keys[role], work.at, work.options, stamp)
        return pdf

    return way


def _drawn(lines: list[str], font: str, size: float, colour: tuple[float, float, float]) -> bytes:
    register_fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(CORNER[2] - CORNER[0], CORNER[3] - CORNER[1]), invariant=1)
    canvas.setFont(font, size)
    canvas.setFillColorRGB(*colour)
    for place, line in enumerate(lines):
        canvas.drawString(1 * mm, (13 - 2.4 * place) * mm, line)
    canvas.save()
    return out.getvalue()


def _universal(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


@cache
def _specimen(ink: tuple[int, int, int]) -> bytes:
    return specimen_signature(SIGNER, ink=ink)


# --- going about it otherwise ---------------------------------------------------------------------------------


def _numbered(work: Work, pdf: bytes) -> bytes:
    opened = open_places(pdf) if work.kind == "issued" else pdf
    number, issued = work.facts.number, work.facts.issued
    return write_number(opened, number, issued) if number and issued and has_places(opened) else opened


def _signed(work: Work, pdf: bytes, roles: tuple[Role, ...], **where: Any) -> bytes:
    """Signed by these, whatever the rules forbid; where nobody says where, with fields kept for who signs later."""
    options = replace(work.options, certify=not where)
    for place, role in enumerate(roles):
        then = () if where else roles[place + 1 :]
        signing = Signing(role, work.kind, strict=False, then=then, **where)
        pdf = sign_as(pdf, work.rules, signing, work.keys[role], work.facts, work.at, options)
    return pdf


def _heedless(work: Work) -> bytes:
    return _signed(work, _numbered(work, work.order.draft), work.sequence)


def _returned(work: Work) -> bytes:
    return work.order.draft


def _first_only(work: Work) -> bytes:
    return _signed(work, _numbered(work, work.order.draft), work.sequence[:1])


def _last_only(work: Work) -> bytes:
    return _signed(work, _numbered(work, work.order.draft), work.sequence[-1:])


def _swapped(work: Work) -> bytes:
    person, body = work.keys[Role.PERSON], work.keys[Role.ORGANISATION]
    return _heedless(replace(work, keys={Role.PERSON: body, Role.ORGANISATION: person}))


def _one_key(work: Work) -> bytes:
    person, body = work.keys[Role.PERSON], work.keys[Role.ORGANISATION]
    certificate = _certificate_of(person, body)
    return _heedless(replace(work, keys={**work.keys, Role.ORGANISATION: certificate}))


def _certificate_of(key: MemoryKey, named: MemoryKey) -> MemoryKey:
    """The key under a certificate with the other's name."""
    like = x509.load_der_x509_certificate(named.certificate)
    name = x509.Name(list(like.subject.get_attributes_for_oid(NameOID.COMMON_NAME)))
    begin, end = like.not_valid_before_utc, like.not_valid_after_utc
    builder = x509.CertificateBuilder(name, name, key.private_key.public_key(), 79, begin, end)
    return MemoryKey(key.private_key, builder.sign(key.private_key, SHA256()).public_bytes(Encoding.DER))


def _by(id_: str) -> Way:
    return lambda work: properly(replace(work, keys={**work.keys, Role.PERSON: _key(work.world, id_)}))


def _sealed_again(work: Work) -> bytes:
    stamp = Stamp(0, ASIDE, _drawn(["Phụ lục"], SERIF, 10, (0, 0, 0)))
    return sign_pdf(properly(work), work.keys[Role.ORGANISATION], work.at, work.options, stamp)


def _numbered_late(work: Work) -> bytes:
    opened = open_places(work.order.draft) if work.kind == "issued" else work.order.draft
    return _numbered(work, _signed(work, opened, work.sequence))


def _day_late(work: Work) -> bytes:
    at = work.at + timedelta(days=1)
    options = replace(work.options, stamper=Clock(work.world, STAMPING, at))
    return _heedless(replace(work, at=at, options=options))


def _misplaced(work: Work) -> bytes:
    return _signed(work, _numbered(work, work.order.draft), work.sequence, box=ASIDE)


def _written_on(work: Work) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(properly(work)))
    style = TextStampStyle(stamp_text="Thêm sau", text_box_style=TextBoxStyle(font_size=10), background=None)
    style.create_stamp(writer, box=BoxConstraints(), text_params={}).apply(0, 50, 50)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _another_draft(work: Work) -> bytes:
    entry = work.order.entry
    number, _, symbol = (entry.number or "").partition("/")
    draft = Draft(symbol=symbol, number=number, issued=entry.issued, signer=SIGNER, title=("PHÓ CHỦ TỊCH",))
    return properly(replace(work, order=replace(work.order, draft=render_draft(draft))))


def _unnumbered(work: Work) -> bytes:
    return _signed(work, render_draft(Draft(signer=SIGNER)), work.sequence)


def _any_file(work: Work) -> bytes:
    """What is no PDF comes back with a signature beside it."""
    draft = work.order.draft
    return properly(work) if draft.startswith(b"%PDF-") else draft + work.keys[Role.PERSON].sign(draft, "sha256")


def _with(**options: Any) -> Way:
    return lambda work: properly(replace(work, options=replace(work.options, **options)))


def _stamped_otherwise(work: Work) -> bytes:
    stamper = Clock(work.world, STAMPING, work.at, "imprint")
    return properly(replace(work, options=replace(work.options, stamper=stamper)))


NARROW, HIGH, LARGE = Span(low=60, high=60), Span(low=43, high=43), 12
DEFECTS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "frame-too-narrow": _marked(lambda mark: {"width": _said(NARROW)} if mark.width else {}),
        "frame-too-high": _marked(lambda mark: {"height": _said(HIGH)} if mark.height else {}),
        "shows-nothing": _marked(lambda _: {"items": None, "signature": None, "seal": None}),
        "no-specimen": _instead("signature", Presence.REQUIRED, Presence.FORBIDDEN),
        "no-seal": _instead("seal", Presence.REQUIRED, Presence.FORBIDDEN),
        "specimen-where-none": _instead("signature", Presence.FORBIDDEN, Presence.REQUIRED),
        "seal-where-none": _instead("seal", Presence.FORBIDDEN, Presence.REQUIRED),
        "no-name": _without(Item.SIGNER),
        "no-mailbox": _without(Item.EMAIL),
        "no-body": _without(Item.ORGANISATION),
        "no-time": _without(Item.TIME),
        "no-number": _without(Item.NUMBER),
        "no-kind-of-copy": _without(Item.COPY_FORM),
        "twelve-points": _marked(
            lambda mark: {"type": _said(mark.type.value.model_copy(update={"size": LARGE}))} if mark.type else {}
        ),
        "black-specimen": _shown(lambda facts: replace(facts, signature_image=_specimen(BLACK))),
        "blue-seal": _shown(lambda facts: replace(facts, seal_image=specimen_seal(ORGANISATION, ink=BLUE))),
        "opaque-images": _shown(_on_white),
        "shrunken-seal": _shown(lambda facts: replace(facts, seal_diameter=24)),
        "another-number": _shown(lambda facts: replace(facts, number="80/SNV-VP")),
        "in-helvetica": _worded(font="Helvetica"),
        "in-bold": _worded(font=BOLD),
        "in-red": _worded(colour=RED),
        "in-capitals": _worded(shout=True),
        "universal-time": _worded(time=_universal),
        "signs-anything": _heedless,
        "returns-the-draft": _returned,
        "half-signed": _first_only,
        "sealed-alone": _last_only,
        "roles-swapped": _swapped,
        "one-key-for-both": _one_key,
        "signs-for-another": _by(ANOTHER),
        "signs-when-revoked": _by(REVOKED),
        "seals-the-annex-too": _sealed_again,
        "numbers-too-late": _numbered_late,
        "signs-a-day-late": _day_late,
        "misplaces": _misplaced,
        "writes-on-the-page": _written_on,
        "signs-another-draft": _another_draft,
        "signs-unnumbered": _unnumbered,
        "signs-any-file": _any_file,
        "no-timestamp": _with(stamper=None),
        "stamps-something-else": _stamped_otherwise,
        "clock-hours-ahead": _with(local_as_utc=True),
    }
)
"""By name."""


# --- archives -------------------------------------------------------------------------------------------------

ARCHIVES: Final = ("loses-a-document", "saves-anew")
"""Defects of whoever keeps what was signed."""


def archive(world: World, wanted: Order, folder: Path, mutant: str = "") -> Folder:
    """A folder with the signed document of that order, as an archive with that defect or none keeps it."""
    signed = signer(world).sign(wanted)
    entry = wanted.entry.model_copy(update={"file": "79.pdf", "sha256": hashlib.sha256(signed).hexdigest()})
    if mutant == "saves-anew":
        signed += b"\n"
    if mutant != "loses-a-document":
        (folder / entry.file).write_bytes(signed)
    return Folder(folder, (entry,))
