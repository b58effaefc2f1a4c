"""The crooked PKI behind the HTTP contract, on loopback, with a clock that can be turned and certificates on order."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from conformance.run import Settings
from conformance.suites.publisher.run import PublisherRun
from conformance.targets.routes import API
from scenarios import Body, Outcome, Verdict
from tests.conformance.crooked_pki import OVERLONG, CrookedPki
from tests.conformance.toy_pki import Standing
from tests.conformance.toy_server import Handler, PublishedToy, Server, serving, to_pem, write_credentials
from tests.scenarios.toy import START, accepted

YEARS = 5
LONGEST_REQUEST = 1 << 16
TYPES = {".crt": "application/pkix-cert", ".crl": "application/pkix-crl"}
OCSP_TYPE = "application/ocsp-response"


class CrookedToy(PublishedToy):
    """An Giang's authority with the crooked PKI."""

    def __init__(self, base: str, defects: Iterable[str] = ()) -> None:
        super().__init__(base, {*defects, "turns-clock"} - {"stopped-clock"})
        self.crooked = CrookedPki(base, START, self.defects)
        for state, reason in (("effective", None), ("suspended", None), ("revoked", "keyCompromise")):
            (serial,) = self.stage_certificate("trainer", {"count": 1}).values["serials"]
            self.certificates[serial] |= {"state": state, "reason": reason}

    def stage_certificate(self, _: str, body: Body) -> Outcome:
        if "no-staging" in self.defects:
            return Outcome(Verdict.UNSUPPORTED, message="nothing can be put here")
        serials = []
        for number in range(int(body["count"])):
            serial = secrets.randbits(62) | 1 << 62
            if "serials-in-a-row" in self.defects:
                serial = 0x5000_0000_0000_0000 + len(self.certificates)
            if "serials-short" in self.defects:
                serial = 0x2EF11D + len(self.certificates) * 7
            if "serials-overlong" in self.defects:
                serial |= OVERLONG
            years = int(body.get("years", YEARS))
            self.certificates[f"{serial:x}"] = {
                "serial": f"{serial:x}",
                "device": "",
                "common_name": f"Nguyễn Thị Mẫu {number}",
                "not_before": self.clock.isoformat(),
                "not_after": (self.clock + timedelta(days=365 * years)).isoformat(),
                "state": "revoked" if "staged-are-revoked" in self.defects else "effective",
                "reason": "superseded" if "staged-are-revoked" in self.defects else None,
                "since": self.clock.isoformat(),
            }
            serials.append(f"{serial:x}")
        return accepted({"serials": serials})

    def certificate_view(self, serial: str) -> dict[str, Any]:
        certificate = self.certificates[serial]
        if "pem" not in certificate:
            start, end = (datetime.fromisoformat(certificate[key]) for key in ("not_before", "not_after"))
            der = self.crooked.leaf(
                certificate["common_name"], int(serial, 16) & ~OVERLONG, start.replace(microsecond=0), end
            )
            certificate["pem"] = pem(der)
        if "no-pem" in self.defects:
            certificate["pem"] = "PEM"
        return {**certificate, "status": self.status_view(serial)}

    def issue_certificate(self, actor: str, body: Body) -> Outcome:
        outcome = super().issue_certificate(actor, body)
        if outcome.verdict is Verdict.ACCEPTED:
            # The toy numbers its certificates from 1; a serial number of its own would be the first defect.
            old = outcome.values["certificate"]["serial"]
            new = f"{secrets.randbits(62) | 1 << 62:x}"
            device = self.certificates[old]["device"]
            issued = self.certificates.pop(old)
            del issued["pem"]
            self.certificates[new] = {**issued, "serial": new}
            self.devices[device]["certificate"] = new
            view = self.certificate_view(new)
            return Outcome(Verdict.ACCEPTED, {"certificate": view}, state=view["status"]["status"])
        return outcome

    def standings(self) -> list[Standing]:
        found = []
        for serial, certificate in self.certificates.items():
            state, since = certificate["state"], datetime.fromisoformat(certificate["since"])
            ended = datetime.fromisoformat(certificate["not_after"]) < self.clock
            if state == "issued" and "effective-early" in self.defects:
                continue
            if state == "suspended" and "suspension-ignored" in self.defects:
                continue
            if state in ("issued", "suspended"):
                found.append((int(serial, 16), "certificateHold", since))
            elif state == "revoked" and not (ended and "drops-at-expiry" in self.defects):
                if "forgets-revocations" in self.defects and self.clock - since > timedelta(days=1):
                    continue
                if "revokes-late" in self.defects and self.clock - since < timedelta(hours=1):
                    continue
                found.append((int(serial, 16), certificate["reason"], since))
            elif state == "effective" and "suspends-for-ever" in self.defects and certificate.get("held"):
                found.append((int(serial, 16), "certificateHold", since))
            elif state == "effective" and ended and "expiry-revokes" in self.defects:
                found.append((int(serial, 16), "superseded", datetime.fromisoformat(certificate["not_after"])))
        return found

    def _change(self, serial: str, state: str, **values: Any) -> None:
        if state == "suspended":
            values["held"] = True
        super()._change(serial, state, **values)


def pem(der: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


class CrookedHandler(Handler):
    """Its paths and manners."""

    def do_HEAD(self) -> None:  # noqa: N802 - the base class's name
        self._answer()

    def _speak(self, path: str, content: bytes) -> None:
        if path == f"{API}/regulations/lai-chau":
            self._json({"id": "lai-chau"})
        else:
            super()._speak(path, content)

    def _publish(self, path: str, content: bytes) -> None:
        toy: Any = self.server.toy
        pki, d, now = toy.crooked, toy.defects, toy.clock
        raw = urlsplit(self.path).path.removeprefix("/demo")
        if "login-needed" in d:
            self._send(401, b"", "text/html")
        elif "speaks-html" in d and path != "/pki/ca.crt":
            self._send(200, b"<html>Bao tri</html>", "text/html")
        elif path == "/pki/ca.crt":
            der = pki.responder if "other-issuer" in d else pki.certificate
            self._file(path, b"no certificate" if "no-issuer" in d else pki.der(der), now)
        elif path == "/pki/root.crt":
            self._file(path, pki.der(pki.other_root if "chain-broken" in d else pki.root), now)
        elif path == "/pki/root.crl":
            self._file(path, pki.root_list(now), now)
        elif path == "/pki/full.crl":
            self._file(path, self._cut(pki.full(toy.standings(), now), "crl-cut-off"), now)
        elif path == "/pki/delta.crl" and "delta-down" not in d:
            self._file(path, self._cut(pki.delta(toy.standings(), now), "delta-cut-off"), now)
        elif path.startswith("/pki/ocsp"):
            self._ocsp(raw.removeprefix("/pki/ocsp").lstrip("/"), content)
        else:
            self._send(503, b"")

    def _cut(self, content: bytes, defect: str) -> bytes:
        return content[:-20] if defect in self.server.toy.defects else content

    def _file(self, path: str, content: bytes, now: datetime) -> None:
        d = self.server.toy.defects
        kind = "application/octet-stream" if "mistyped" in d else TYPES[path[-4:]]
        if path.endswith(".crl") and "crl-in-pem" in d:
            content = to_pem(content).replace(b"X509 CRL", b"X509 CRL")
        headers = {}
        if path.endswith(".crl"):
            headers["Cache-Control"] = f"max-age={31536000 if 'cached-for-ever' in d else 3600}"
            real = datetime.now(UTC)
            headers["Date"] = format_datetime(real, usegmt=True)
            later = timedelta(days=2) if "modified-tomorrow" in d else -timedelta(hours=1)
            headers["Last-Modified"] = format_datetime(real + later, usegmt=True)
            if "expires-next-year" in d:
                del headers["Cache-Control"]
                headers["Expires"] = format_datetime(real + timedelta(days=365), usegmt=True)
        self._send_with(200, content, kind, headers)

    def _ocsp(self, encoded: str, content: bytes) -> None:
        toy: Any = self.server.toy
        d = toy.defects
        by_get = self.command == "GET"
        if ("no-get" in d and by_get) or ("no-post" in d and not by_get):
            self._send(405, b"")
            return
        if len(content) > LONGEST_REQUEST and "oversized-welcome" not in d:
            self._send(413, b"")
            return
        if content and len(content) > LONGEST_REQUEST:
            content = content[: -(1 << 20)]
        request = content
        if by_get:
            try:
                plain = encoded if "escapes-unread" in d else unquote_to_bytes(encoded)
                request = base64.b64decode(plain, validate=True)
            except ValueError:
                self._send(500 if "crashes-on-paths" in d else 400, b"")
                return
        if "crashes-on-garbage" in d and request[:1] != b"0":
            self._send(500, b"")
            return
        known = {int(serial, 16): datetime.fromisoformat(one["not_after"]) for serial, one in toy.certificates.items()}
        answer = toy.crooked.ocsp(request, known, toy.standings(), toy.clock)
        if "ocsp-cut-off" in d:
            answer = answer[:-9]
        kind = "text/plain" if "ocsp-mistyped" in d else OCSP_TYPE
        age = 31536000 if "ocsp-cached-for-ever" in d else 60
        self._send_with(200, answer, kind, {"Cache-Control": f"max-age={age}"} if by_get else {})

    def _send_with(self, status: int, content: bytes, media_type: str, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def crooked_publisher(*defects: str) -> Iterator[Server]:
    """A crooked publisher that serves until the end of the block."""
    server = Server(defects, handler=CrookedHandler, toy=CrookedToy)
    with serving(server):
        yield server


@contextmanager
def run_of(server: Server, folder: Path, **settings: Any) -> Iterator[PublisherRun]:
    """A run of the publisher suite against it, started."""
    credentials = write_credentials(folder / "credentials.json")
    given = {"regulation": "an-giang", "credentials": credentials, "timeout": 5.0, **settings}
    run = PublisherRun(Settings(f"publisher={server.url}", **given))
    with closing(run):
        run.start()
        yield run
