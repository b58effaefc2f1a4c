"""What the checks of a signing agent share: the agent, the document system, and looking at what was signed."""

from __future__ import annotations

import base64
import json
from contextlib import ExitStack
from typing import Any

from cryptography import x509

from conformance.targets.agent import AgentTarget, Upload, document_system


class Failed(Exception):
    """The agent does not do what the check asks for."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


class Bench:
    """One agent under test, and a document system that it is sent to."""

    def __init__(self, target: AgentTarget) -> None:
        self.target = target
        self._stack = ExitStack()
        self.system = self._stack.enter_context(document_system())

    def close(self) -> None:
        """End the document system."""
        self._stack.close()

    def request(self, path: str = "/79.pdf", **more: Any) -> dict[str, Any]:
        """A message that asks for a signature of a file."""
        return {"FileUploadHandler": f"{self.system.url}/upload", "FileName": f"{self.system.url}{path}", **more}

    def ask(self, operation: str, message: str | dict[str, Any]) -> dict[str, Any]:
        """The reply, which is a JSON object with a Status that is a number. Raises Failed, AgentFailed."""
        reply = self.json(operation, message)
        status = reply.get("Status") if isinstance(reply, dict) else None
        if not isinstance(reply, dict) or isinstance(status, bool) or not isinstance(status, int):
            raise Failed(f"/{operation} a JSON object whose Status is a number", json.dumps(reply)[:200])
        return reply

    def json(self, operation: str, message: str | dict[str, Any]) -> Any:
        """The reply, which is JSON. Raises Failed, AgentFailed."""
        reply = self.target.call(operation, message)
        try:
            return json.loads(reply)
        except (ValueError, RecursionError):
            raise Failed(f"/{operation} JSON", reply[:200]) from None

    def expect_done(self, operation: str, message: str | dict[str, Any]) -> dict[str, Any]:
        """The reply to what should be done. Raises Failed where Status is not 0."""
        reply = self.ask(operation, message)
        if reply["Status"] != 0:
            said = reply.get("Message") or reply.get("Error") or ""
            raise Failed(f"/{operation} Status 0", f"Status {reply['Status']}: {said}")
        return reply

    def expect_refused(self, operation: str, message: str | dict[str, Any]) -> dict[str, Any]:
        """The reply to what cannot be done. Raises Failed where Status is 0."""
        reply = self.ask(operation, message)
        if reply["Status"] == 0:
            raise Failed(f"/{operation} another Status than 0", "Status 0")
        return reply

    def uploaded(self) -> Upload:
        """The one file that the handler was brought. Raises Failed."""
        if len(self.system.uploads) != 1:
            raise Failed("one upload", f"{len(self.system.uploads)}")
        return self.system.uploads[0]


def expect_signed(pdf: bytes, signatures: int) -> None:
    """Raise Failed unless the PDF has so many signatures that all hold."""
    # What reads signatures takes a second to import, and other kinds of run do without it.
    from token_emulator.documents.checking.reading import Malformed, read

    try:
        found = read(pdf)
    except Malformed as error:
        raise Failed("a signed PDF", str(error)) from None
    count = len(found.signatures) + len(found.broken)
    if count != signatures:
        raise Failed(f"{signatures} signatures in the PDF", str(count))
    wrong = [one.name for one in found.signatures if not one.holds] + [name for name, _ in found.broken]
    if wrong:
        raise Failed("signatures that hold", f"{', '.join(wrong)} does not")


def certificate_in(text: Any, where: str) -> x509.Certificate:
    """The certificate in a Base64 text. Raises Failed."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(text))
    except (ValueError, TypeError) as error:
        raise Failed(f"a certificate in {where}", str(error)) from None
