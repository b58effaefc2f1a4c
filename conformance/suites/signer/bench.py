"""What the checks of signers work with: the rules at hand, the documents, and what was found in each."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.suites.signer import orders
from conformance.suites.signer.form_check import FEATURES
from conformance.targets.signer import Entry, Folder, Order, Signer, SignerFailed, SignerRefused
from token_emulator.documents.rules import DocumentRules, Kind, Role, Said, load

if TYPE_CHECKING:
    from token_emulator.documents.checking import Evidence
    from token_emulator.documents.checking.reading import Document as Read
    from token_emulator.documents.judging import Judgement, Signature
    from token_emulator.documents.seeing import Seen

MM: Final = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Document:
    """One signed document, with what is known of it."""

    entry: Entry
    pdf: bytes
    rules: DocumentRules
    place: str
    """Where it lies; empty where it was signed for this run."""

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules say of it. Raises SignerFailed for what is no PDF, or has a signature that cannot be read."""
        from token_emulator.documents.errors import Unsignable
        from token_emulator.documents.judging import Given, judge

        entry, kinds = self.entry, self.rules.kinds
        if entry.kind not in kinds:
            plain = Kind(vi=entry.kind, en=entry.kind, sequences=Said(value=(), unsourced=True))
            kinds = {**kinds, entry.kind: plain}
        roles = {serial.lower(): Role(role) for serial, role in entry.roles.items()}
        given = Given(entry.number, entry.issued, entry.signer, entry.organisation, entry.seal_diameter, roles)
        try:
            return judge(self.pdf, self.rules.model_copy(update={"kinds": kinds}), entry.kind, given)
        except Unsignable as error:
            raise SignerFailed(f"{entry.file}: {error}") from None

    @cached_property
    def seen(self) -> Seen:
        """What a reader sees of it. Raises SignerFailed."""
        from token_emulator.documents.errors import Unsignable
        from token_emulator.documents.seeing import look

        try:
            return look(self.pdf)
        except Unsignable as error:
            raise SignerFailed(f"{self.entry.file}: {error}") from None

    @cached_property
    def read(self) -> Read:
        """Its signatures as octets. Raises SignerFailed."""
        from token_emulator.documents.checking.reading import Malformed, read

        try:
            return read(self.pdf)
        except Malformed as error:
            raise SignerFailed(f"{self.entry.file}: {error}") from None

    def of(self, role: Role) -> tuple[Signature, ...]:
        """The signatures of one role."""
        return tuple(one for one in self.judgement.signatures if one.role is role)

    def told(self, regulation: str, *, in_full: bool) -> Iterator[str]:
        """Its signatures in words: where each is shown, in mm from the lower left, and in full its certificate too."""
        certificates = {one.name: one.certificate for one in self.read.signatures} if in_full else {}
        yield f"{self.entry.file} ({self.entry.kind}): {len(self.judgement.signatures)} signatures"
        for one in self.judgement.signatures:
            yield f"  {one.field}: {one.role} {one.common_name!r}, serial {one.serial}, {box_of(one)}"
            found = certificates.get(one.field)
            if found is not None:
                yield f"  {one.field}, certificate, DER in Base64: {base64.b64encode(found.dump()).decode()}"
        if self.place and self.entry.kind in self.rules.kinds:
            yield shlex.join(
                ["mockca", "document", "judge", self.place, "--regulation", regulation, "--kind", self.entry.kind]
            )


def box_of(signature: Signature) -> str:
    """Where it is shown, for people."""
    widget = signature.widget
    if widget is None or not widget.shown:
        return "not shown"
    left, bottom, right, top = (f"{side / MM:.1f}" for side in widget.box)
    return f"page {widget.page + 1}, {left}–{right} mm from the left, {bottom}–{top} mm from the bottom"


class Bench:
    """One signer, put to the test under a regulation."""

    def __init__(
        self,
        signer: Signer | Folder,
        regulation: str,
        now: Callable[[], datetime],
        *,
        given: Mapping[str, str] = orders.DEFAULTS,
        lacks: frozenset[str] = frozenset(),
        evidence: Evidence | None = None,
    ) -> None:
        """`lacks` are features that the signer is said not to have; `evidence` is what certificates are checked by."""
        self.signer, self.regulation, self.rules = signer, regulation, load(regulation)
        self.now, self.evidence = now, evidence
        self._given, self._lacks = given, lacks
        self._made: dict[str, Document | SignerFailed] = {}

    @property
    def is_folder(self) -> bool:
        """Whether documents were signed before, and nothing more can be asked of whoever signed them."""
        return isinstance(self.signer, Folder)

    def entries(self) -> tuple[Entry, ...]:
        """What the manifest lists under this regulation; nothing where documents are ordered."""
        listed = self.signer.entries if isinstance(self.signer, Folder) else ()
        return tuple(one for one in listed if one.regulation in (None, self.regulation))

    def documents(self, kind: str | None = None) -> tuple[Document, ...]:
        """Those of a kind, or all. Raises SignerFailed where the signer gives none for an order."""
        if isinstance(self.signer, Folder):
            return tuple(self._read(one) for one in self.entries() if kind in (None, one.kind))
        kinds = [one for one in self.rules.kinds if FEATURES.get(one) not in self._lacks or one not in FEATURES]
        return tuple(self._signed(one) for one in kinds if kind in (None, one))

    def unready(self, point: str) -> Document | SignerRefused:
        """What becomes of a draft that must not be signed as it is. Raises SignerFailed."""
        try:
            return self._ordered(point, lambda: orders.unready(self.rules, point, self.now(), self._given))
        except SignerRefused as refusal:
            return refusal

    def _signed(self, kind: str) -> Document:
        numbers = "numbering" not in self._lacks
        return self._ordered(kind, lambda: orders.order(self.rules, kind, self.now(), self._given, numbers=numbers))

    def _ordered(self, name: str, make: Callable[[], Order]) -> Document:
        """Ordered once; what failed once fails again."""
        assert not isinstance(self.signer, Folder)
        if name not in self._made:
            order = make()
            try:
                self._made[name] = Document(order.entry, self.signer.sign(order), self.rules, "")
            except SignerFailed as error:
                self._made[name] = error
        return _or_raised(self._made[name])

    def _read(self, entry: Entry) -> Document:
        assert isinstance(self.signer, Folder)
        if entry.file not in self._made:
            place = str(Path(self.signer.path) / entry.file)
            try:
                self._made[entry.file] = Document(entry, self.signer.read(entry), self.rules, place)
            except SignerFailed as error:
                self._made[entry.file] = error
        return _or_raised(self._made[entry.file])


def _or_raised(found: Document | SignerFailed) -> Document:
    if isinstance(found, SignerFailed):
        raise found
    return found
