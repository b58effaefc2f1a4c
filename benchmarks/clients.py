"""What each PKCS#11 client says at three wrong PINs, at the right one then, and after the SO PIN restored the device.

A table in Markdown, for docs/tokens.md. Exit code 1 when a client did not lock, or did not sign again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.token_emulator.clients import CLIENTS, Client, at_work
from tests.token_emulator.conftest import NAME, SO_PIN, USER_PIN, Made, certificate_for
from token_emulator import Shelf, workers

WRONG, NEW_PIN = "999999", "975310"
HEAD = ("client", "1st wrong", "2nd wrong", "3rd wrong", "then the right one", "restored by", "after that")


def row(name: str, shelf: Shelf, folder: Path) -> tuple[list[str], bool]:
    """One line of the table, and whether all went as it should."""
    with shelf.personalise("bit4id-tokenme", "p256", USER_PIN, SO_PIN, NAME) as device:
        certificate = certificate_for(device.public_key_der)
        device.write_certificate(certificate)
        device.place()
    shelf.plug(device.serial)
    folder.mkdir()
    made = Made(device.serial, "p256", device.public_key_der, certificate)
    with at_work(name, shelf, made, folder) as client:
        said = [client.attempt(pin) for pin in (WRONG, WRONG, WRONG, USER_PIN)]
        locked = shelf.inspect(device.serial).user_tries_left == 0
        by = restore(client, device.serial)
        after = client.attempt(NEW_PIN)
    shelf.unplug(device.serial)
    good = locked and after.well and not any(answer.well for answer in said)
    return [name, *(answer.text for answer in said), by, after.text], good


def restore(client: Client, serial: str) -> str:
    """Set a new PIN as the SO, with the client where it can."""
    if client.restores:
        client.restore(SO_PIN, NEW_PIN)
        return "itself"
    client.shelf.restore(serial, SO_PIN, NEW_PIN)
    return "mockca token restore"


def main() -> int:
    """Print the table."""
    good = True
    print(f"| {' | '.join(HEAD)} |")
    print("|" + "---|" * len(HEAD))
    with tempfile.TemporaryDirectory() as name:
        shelf = Shelf(Path(name) / "shelf")
        for number, client in enumerate(CLIENTS):
            cells, well = row(client, shelf, Path(name) / str(number))
            print(f"| {' | '.join(cells)} |", flush=True)
            good &= well
        workers.shared.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
