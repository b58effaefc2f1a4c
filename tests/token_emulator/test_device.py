"""How a device comes to be, onto the shelf, and away."""

from __future__ import annotations

import gc
from ctypes import byref, c_ulong
from pathlib import Path

import pytest
from cryptography import x509

from tests.token_emulator.calls import Calls, started
from tests.token_emulator.conftest import NAME, SO_PIN, USER_PIN, Stock, certificate_for, make
from token_emulator import (
    BadCertificate,
    DeviceFailed,
    DeviceModel,
    ModuleMissing,
    PinRefused,
    Shelf,
    StagedDevice,
    Swept,
    TokenError,
    UnknownAlgorithm,
    UnknownDevice,
    UnknownModel,
    WrongStage,
    device_model,
    device_models,
)
from token_emulator.device import token_label
from token_emulator.models import Sureness, parse_models
from token_emulator.module import module_path
from token_emulator.pin import CharacterClass, PinPolicy


def personalise(shelf: Shelf, model: DeviceModel | str = "generic-10") -> StagedDevice:
    return shelf.personalise(model, "p256", USER_PIN, SO_PIN, NAME)


def test_a_device_is_on_the_shelf_only_once_it_is_placed(shelf: Shelf) -> None:
    with personalise(shelf) as device:
        device.write_certificate(certificate_for(device.public_key_der))
        assert shelf.serials() == ()
        device.place()
        assert shelf.serials() == (device.serial,)
    assert shelf.serials() == (device.serial,)
    assert len(device.serial) == 16


def test_a_device_that_is_not_placed_leaves_nothing(shelf: Shelf) -> None:
    with personalise(shelf):
        pass
    forgotten = personalise(shelf)
    del forgotten
    gc.collect()
    assert shelf.serials() == ()


def test_a_device_is_taken_back_when_its_registration_fails(shelf: Shelf) -> None:
    device = personalise(shelf)

    def register() -> None:
        with device:
            device.place()
            raise RuntimeError("the registry is full")

    with pytest.raises(RuntimeError, match="full"):
        register()
    assert shelf.serials() == ()
    device.discard()
    with pytest.raises(UnknownDevice):
        shelf.inspect(device.serial)


def test_what_can_be_seen_without_a_pin(stock: Stock) -> None:
    made = stock["p384"]
    seen = stock.shelf.inspect(made.serial)
    assert (seen.serial, seen.device_model, seen.algorithm) == (made.serial, "generic-10", "p384")
    assert seen.label == f"{NAME} p384"[: len(seen.label)]
    assert seen.certificate == made.certificate
    assert "USER_PIN_INITIALIZED" in seen.flags
    assert stock.shelf.serials() == tuple(sorted(made.serial for made in stock.devices.values()))


def test_a_later_certificate_takes_the_place_of_the_earlier(shelf: Shelf) -> None:
    with personalise(shelf) as device:
        for serial in (5, 0x80):
            device.write_certificate(certificate_for(device.public_key_der, serial))
        device.place()
    held = shelf.read_certificate(device.serial)
    assert held is not None
    assert x509.load_der_x509_certificate(held).serial_number == 0x80


def test_a_certificate_for_another_key_or_none_at_all_is_refused(shelf: Shelf, stock: Stock) -> None:
    with personalise(shelf) as device:
        with pytest.raises(BadCertificate, match="another key"):
            device.write_certificate(stock["p256"].certificate)
        with pytest.raises(BadCertificate) as caught:
            device.write_certificate(b"\x30\x03\x02\x01\x01")
        assert caught.value.serial == device.serial
        device.place()
    assert shelf.read_certificate(device.serial) is None


def test_steps_out_of_order_are_refused(shelf: Shelf) -> None:
    device = personalise(shelf)
    with pytest.raises(WrongStage, match="staged; it cannot be released"):
        device.release()
    device.place()
    with pytest.raises(WrongStage, match="placed; it cannot be placed"):
        device.place()
    with pytest.raises(WrongStage, match="take a certificate"):
        device.write_certificate(b"")
    device.discard()
    with pytest.raises(WrongStage) as caught:
        device.place()
    assert (caught.value.stage, caught.value.wanted) == ("discarded", "be placed")


def test_what_the_device_cannot_be_is_refused_before_anything_is_made(shelf: Shelf) -> None:
    with pytest.raises(UnknownModel, match="generic-10, bit4id-tokenme, safenet-5110"):
        shelf.personalise("usb", "p256", USER_PIN, SO_PIN, NAME)
    with pytest.raises(UnknownAlgorithm, match="rsa2048, rsa3072, p256, p384"):
        shelf.personalise("generic-10", "rsa1024", USER_PIN, SO_PIN, NAME)
    for user_pin, so_pin, why in (
        ("12345", SO_PIN, "user PIN is refused: PIN_LEN_RANGE; this device takes 6 to 16 octets"),
        (USER_PIN, "1" * 17, "SO PIN is refused"),
        ("123456\n", SO_PIN, "cannot be typed"),
        ("12345\ud800", SO_PIN, "cannot be typed"),
    ):
        with pytest.raises(PinRefused, match=why):
            shelf.personalise("safenet-5110", "p256", user_pin, so_pin, NAME)
    assert not shelf.home.exists()


def test_a_model_may_ask_for_kinds_of_characters(shelf: Shelf) -> None:
    usual = device_model("generic-10")
    classes = frozenset({CharacterClass.LOWER, CharacterClass.DIGIT})
    strict = DeviceModel(
        "strict", "", usual.label, "", "", PinPolicy(max_tries=3, min_length=6, max_length=8, classes=classes), {}
    )
    with pytest.raises(PinRefused, match="PIN_INVALID; this device takes 6 to 8 octets, with digit, lower"):
        personalise(shelf, strict)
    with shelf.personalise(strict, "p256", "abc123", "def456") as device:
        device.place()
    assert shelf.inspect(device.serial).label == "MOCK TOKEN"


def test_a_long_name_is_cut_to_what_a_label_holds_between_characters() -> None:
    name = "Ủy ban nhân dân thành phố Long Xuyên"
    cut = token_label(name)
    assert name.startswith(cut)
    assert len(cut.encode()) in (30, 31, 32)


class Slow(Shelf):
    """Loses each race: whatever it finds, somebody else has just removed."""

    def folder(self, serial: str) -> Path:
        folder = super().folder(serial)
        Shelf(self.home).remove(serial)
        return folder


def test_a_device_that_is_removed_under_ones_hands_is_unknown(shelf: Shelf) -> None:
    with pytest.raises(UnknownDevice):
        Slow(shelf.home).remove(make(shelf).serial)
    with pytest.raises(UnknownDevice):
        Slow(shelf.home).sign(make(shelf).serial, USER_PIN, b"x")
    assert shelf.serials() == ()


def test_a_device_whose_making_fails_leaves_nothing(shelf: Shelf) -> None:
    class Elsewhere(Shelf):
        module = Path("/nowhere/libtoken.so")

    with pytest.raises(DeviceFailed, match="personalise: "):
        personalise(Elsewhere(shelf.home))
    assert shelf.serials() == ()


def test_what_is_not_a_token_is_not_a_device(shelf: Shelf) -> None:
    (shelf.home / "devices").mkdir(parents=True)
    (shelf.home / "devices" / "lost+found").mkdir()
    assert shelf.serials() == ()


def test_removing_destroys_and_an_unknown_serial_is_told(shelf: Shelf) -> None:
    made = make(shelf)
    shelf.remove(made.serial)
    assert shelf.serials() == ()
    for wrong in (made.serial, "../../etc", ""):
        with pytest.raises(UnknownDevice):
            shelf.remove(wrong)
        with pytest.raises(UnknownDevice):
            shelf.sign(wrong, USER_PIN, b"")
    assert not list((shelf.home / "devices").iterdir())


def test_a_sweep_takes_what_the_registry_does_not_know_and_spares_what_is_being_registered(shelf: Shelf) -> None:
    known, orphan = make(shelf).serial, make(shelf).serial
    with personalise(shelf) as staged, personalise(shelf) as placed:
        placed.place()
        assert shelf.sweep({known}) == Swept(staged=0, devices=(orphan,))
        staged.place()
    assert shelf.serials() == tuple(sorted((known, staged.serial, placed.serial)))


def test_a_sweep_asks_the_registry_after_it_has_looked_at_the_shelf(shelf: Shelf) -> None:
    registry = {make(shelf).serial}

    def known() -> set[str]:
        registry.add(make(shelf).serial)  # issued by somebody else meanwhile
        return registry

    assert shelf.sweep(known).devices == ()
    assert set(shelf.serials()) == registry


def test_two_sweeps_at_once_do_not_mind_each_other(shelf: Shelf) -> None:
    orphan = make(shelf).serial

    def known() -> set[str]:
        shelf.remove(orphan)
        return set()

    assert shelf.sweep(known).devices == (orphan,)


def test_a_token_whose_file_a_kill_has_emptied_is_whole_again(shelf: Shelf) -> None:
    made = make(shelf)
    (token,) = (shelf.home / "devices" / made.serial / "store").iterdir()
    (token / "token.object").write_bytes(b"")
    assert shelf.sign(made.serial, USER_PIN, b"x")


@pytest.mark.parametrize("damaged", [b"", b"not a state", b"\0" * 512])
def test_a_damaged_device_is_told_and_takes_no_pin(shelf: Shelf, damaged: bytes) -> None:
    made = make(shelf)
    (shelf.home / "devices" / made.serial / "state").write_bytes(damaged)
    for look in (lambda: shelf.sign(made.serial, USER_PIN, b"x"), lambda: shelf.state(made.serial)):
        with pytest.raises(DeviceFailed, match="its state is damaged"):
            look()
    with started(Calls(module_path()), shelf.home, made.serial) as calls:
        assert calls("C_OpenSession", 0, 6, None, None, byref(c_ulong())) == 0x30  # CKR_DEVICE_ERROR


def test_a_shelf_may_move(shelf: Shelf, tmp_path: Path) -> None:
    made = make(shelf)
    shelf.plug(made.serial)
    shelf.home.rename(tmp_path / "moved")
    moved = Shelf(tmp_path / "moved")
    assert moved.plugged() == {made.serial: 0}
    assert moved.sign(made.serial, USER_PIN, b"x")


def test_a_folder_name_that_softhsm_cannot_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="cannot read a configuration"):
        Shelf(tmp_path / "no#1")


def test_a_machine_that_lacks_something_is_told_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ModuleMissing, match=r"no C compiler .* Type: .* python -m token_emulator.module"):
        module_path(tmp_path / "libmocktoken.so")
    with pytest.raises(ModuleMissing, match=r"SoftHSM2 is not .* Type: sudo apt-get install softhsm2"):
        module_path(softhsm=[str(tmp_path / "libsofthsm2.so")])


def test_the_models_know_how_sure_each_value_is() -> None:
    assert device_models() == ("generic-10", "bit4id-tokenme", "safenet-5110", "sim-pki", "hsm")
    bit4id = device_model("bit4id-tokenme")
    assert (bit4id.pin.max_tries, bit4id.pin.min_length, bit4id.pin.max_length) == (3, 4, 16)
    assert bit4id.provenance["max_tries"].sure is Sureness.PUBLISHED
    assert bit4id.provenance["must_change"].sure is Sureness.CHOSEN
    safenet = device_model("safenet-5110").pin
    assert (safenet.max_tries, safenet.min_length, safenet.max_length) == (15, 6, 16)
    assert device_model("generic-10").pin.max_tries == 10
    assert [device_model(name).kind for name in ("generic-10", "sim-pki", "hsm")] == ["pki-token", "sim-pki", "hsm"]


def test_a_model_with_a_wrong_key_or_too_long_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"device model odd: missing or unknown: classes, .*wheels"):
        parse_models('[odd]\ntitle = "x"\nwheels = 4\n')
    values = {
        "label": '"' + "ê" * 17 + '"',
        "manufacturer": '"x"',
        "model": '"x"',
        "max_tries": "3",
        "so_max_tries": "3",
        "min_length": "4",
        "max_length": "8",
        "locking_try_answers": '"PIN_LOCKED"',
        "wrong_length_counts": "true",
        "classes": "[]",
        "must_change": "false",
    }
    text = '[odd]\ntitle = "x"\nkind = "hsm"\n' + "".join(
        f'{k} = {{ value = {v}, sure = "chosen" }}\n' for k, v in values.items()
    )
    with pytest.raises(ValueError, match="label is longer than 32 octets"):
        parse_models(text)
