"""How to get a device into each client: lines to paste into a shell, in which MOCKTOKEN_HOME is exported.

Each recipe is run as it stands by a test, with the PIN typed where the client asks for it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from token_emulator.device import DeviceInfo, Shelf
from token_emulator.keys import KEY_ID, RSA_BITS

ID = KEY_ID.hex()


@dataclass(frozen=True, slots=True)
class Client:
    """One kind of software that loads PKCS#11 modules."""

    title: str
    programs: tuple[str, ...]
    """What must be on the PATH."""
    package: str
    """The line that installs it, for Debian and Ubuntu or pip."""
    write: Callable[[Setting], str]
    imports: str | None = None
    """The Python module that must be there."""
    engine: bool = False
    """Whether OpenSSL's pkcs11 engine must be there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines are about."""

    module: str
    """Quoted for a shell."""
    path: Path
    """The module, as it is."""
    device: DeviceInfo | None
    """The first device that is plugged in."""

    @property
    def reader(self) -> int:
        return 0 if self.device is None or self.device.reader is None else self.device.reader

    @property
    def serial(self) -> str:
        return "SERIAL" if self.device is None else self.device.serial

    @property
    def rsa(self) -> bool:
        return self.device is not None and self.device.algorithm in RSA_BITS


def recipe(client: str, shelf: Shelf) -> str:
    """The lines for one client, about the first device that is plugged in. Raises KeyError, ModuleMissing."""
    first = min(shelf.plugged().items(), key=lambda item: item[1], default=None)
    device = None if first is None else shelf.inspect(first[0])
    return CLIENTS[client].write(Setting(shlex.quote(str(shelf.module)), shelf.module, device))


def _pkcs11_tool(at: Setting) -> str:
    use = f"pkcs11-tool --module {at.module} --slot {at.reader} --login"
    if at.rsa:
        sign = f"{use} --sign --id {ID} --mechanism SHA256-RSA-PKCS -i letter.txt -o letter.sig"
    else:
        sign = (
            "openssl dgst -sha256 -binary -out letter.digest letter.txt\n"
            f"{use} --sign --id {ID} --mechanism ECDSA --signature-format openssl -i letter.digest -o letter.sig"
        )
    return f"pkcs11-tool --module {at.module} --list-token-slots\n{use} --list-objects\n{sign}\n"


def _p11tool(at: Setting) -> str:
    use = f"p11tool --provider {at.module}"
    key = shlex.quote(f"pkcs11:serial={at.serial};id=%{ID};type=private")
    return f"{use} --list-tokens\n{use} --login --test-sign {key}\n"


def _openssl(at: Setting) -> str:
    return f"""cat > mocktoken-openssl.cnf <<'END'
openssl_conf = openssl_init
[openssl_init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = {at.path}
init = 0
END
OPENSSL_CONF=mocktoken-openssl.cnf openssl dgst -sha256 -engine pkcs11 -keyform engine \\
    -sign 'pkcs11:serial={at.serial};id=%{ID};type=private' -out letter.sig letter.txt
"""


def java_configuration(module: Path, reader: int) -> str:
    """The configuration of SunPKCS11 for the device in one reader."""
    return f"name = mocktoken\nlibrary = {module}\nslot = {reader}\n"


def _java(at: Setting) -> str:
    return f"""cat > mocktoken-java.cfg <<'END'
{java_configuration(at.path, at.reader)}END
keytool -list -v -keystore NONE -storetype PKCS11 -addprovider SunPKCS11 -providerArg mocktoken-java.cfg
"""


def _nss(at: Setting) -> str:
    return f"""# Firefox: about:preferences#privacy, Security Devices, Load: {at.path}
# or its profile's folder instead of ~/.pki/nssdb, while Firefox is closed; start it from this shell
mkdir -p ~/.pki/nssdb
[ -e ~/.pki/nssdb/cert9.db ] || certutil -N -d sql:$HOME/.pki/nssdb --empty-password
modutil -dbdir sql:$HOME/.pki/nssdb -add mocktoken -libfile {at.module} -force
modutil -dbdir sql:$HOME/.pki/nssdb -list
"""


def _p11_kit(at: Setting) -> str:
    return f"""# as root: /etc/pkcs11/modules instead, because root's own folder is not read
mkdir -p ~/.config/pkcs11/modules
echo module: {at.module} > ~/.config/pkcs11/modules/mocktoken.module
p11-kit list-modules
"""


def _python_pkcs11(at: Setting) -> str:
    mechanism = "Mechanism.SHA256_RSA_PKCS" if at.rsa else "Mechanism.ECDSA"
    data = 'b"letter"' if at.rsa else 'hashlib.sha256(b"letter").digest()'
    # rw: after a wrong PIN a read-only session of python-pkcs11 0.9 stays open, which would forbid an SO login.
    return f"""cat > mocktoken_sign.py <<'END'
import getpass, hashlib, pkcs11
from pkcs11 import Mechanism, ObjectClass
token = pkcs11.lib({str(at.path)!r}).get_token(token_serial=b"{at.serial}")
with token.open(rw=True, user_pin=getpass.getpass("PIN: ")) as session:
    key = session.get_key(ObjectClass.PRIVATE_KEY, id=b"\\x{ID}")
    print(key.sign({data}, mechanism={mechanism}).hex())
END
python3 mocktoken_sign.py
"""


def _pyhanko(at: Setting) -> str:
    return f"""cat > mocktoken_pdf.py <<'END'
import getpass
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, sign_pdf
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
criteria = TokenCriteria(serial=b"{at.serial}")
pin = getpass.getpass("PIN: ")
with open_pkcs11_session({str(at.path)!r}, token_criteria=criteria, user_pin=pin) as session:
    signer = PKCS11Signer(session, cert_id=b"\\x{ID}", key_id=b"\\x{ID}", use_raw_mechanism=True)
    with open("letter.pdf", "rb") as letter, open("letter.signed.pdf", "wb") as signed:
        meta = PdfSignatureMetadata(field_name="Signature1")
        sign_pdf(IncrementalPdfFileWriter(letter), meta, signer=signer, output=signed)
END
python3 mocktoken_pdf.py
"""


CLIENTS: Mapping[str, Client] = MappingProxyType(
    {
        "pkcs11-tool": Client("pkcs11-tool (OpenSC)", ("pkcs11-tool",), "sudo apt-get install opensc", _pkcs11_tool),
        "p11tool": Client("p11tool (GnuTLS)", ("p11tool",), "sudo apt-get install gnutls-bin", _p11tool),
        "openssl": Client(
            "OpenSSL, engine pkcs11",
            ("openssl",),
            "sudo apt-get install openssl libengine-pkcs11-openssl",
            _openssl,
            engine=True,
        ),
        "java": Client("Java, SunPKCS11", ("java", "keytool"), "sudo apt-get install default-jre-headless", _java),
        "nss": Client("Firefox, Chromium, NSS", ("modutil", "certutil"), "sudo apt-get install libnss3-tools", _nss),
        "p11-kit": Client("p11-kit", ("p11-kit",), "sudo apt-get install p11-kit", _p11_kit),
        "python-pkcs11": Client(
            "python-pkcs11", ("python3",), "python3 -m pip install python-pkcs11", _python_pkcs11, imports="pkcs11"
        ),
        "pyhanko": Client(
            "pyHanko (PDF)", ("python3",), "python3 -m pip install 'pyHanko[pkcs11]'", _pyhanko, imports="pyhanko"
        ),
    }
)
