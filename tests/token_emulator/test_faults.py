"""Faults on order show as they are ordered, so often and no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from ctypes import byref, c_ubyte, c_ulong

import pytest
from cryptography import x509

from tests.token_emulator import calls as p11
from tests.token_emulator.calls import Calls, started, template
from tests.token_emulator.conftest import USER_PIN, Made, certificate_for, make
from tests.token_emulator.test_module_processes import Application
from tests.token_emulator.test_processes import _state
from token_emulator import BadCertificate, DeviceFailed, Fault, Order, Shelf, UnknownDevice, faults, module

DEVICE_ERROR = 0x30


@pytest.fixture
def made(shelf: Shelf) -> Made:
    made = make(shelf)
    shelf.plug(made.serial)
    return made


@pytest.fixture
def calls(shelf: Shelf, made: Made) -> Iterator[Calls]:
    with started(Calls(module.module_path()), shelf.home) as begun:
        yield begun


def inside(calls: Calls) -> tuple[int, int]:
    """A session that is logged in, and the private key."""
    session = calls.open()
    assert calls.login(session, p11.USER, USER_PIN) == p11.OK
    return session, calls.find(session, {p11.CLASS: 3})[0]


def test_the_next_logins_answer_what_was_ordered_and_cost_no_try(shelf: Shelf, made: Made, calls: Calls) -> None:
    faults.order(shelf, made.serial, Fault.LOGIN, times=2, value=DEVICE_ERROR)
    session = calls.open()
    assert [calls.login(session, p11.USER, USER_PIN) for _ in range(3)] == [DEVICE_ERROR, DEVICE_ERROR, p11.OK]
    assert shelf.state(made.serial).pins.user_failures == 0
    assert faults.ordered(shelf, made.serial) == {}


def test_a_device_is_pulled_out_during_a_signature(shelf: Shelf, made: Made, calls: Calls) -> None:
    session, key = inside(calls)
    faults.order(shelf, made.serial, Fault.REMOVED)
    assert calls.begin_signing(session, key) == p11.OK
    length = c_ulong(64)
    assert calls("C_Sign", session, b"d" * 32, 32, None, byref(length)) == p11.OK  # asks for the length only
    out = (c_ubyte * 64)()
    assert calls("C_Sign", session, b"d" * 32, 32, out, byref(length)) == p11.DEVICE_REMOVED
    assert calls("C_Sign", session, b"d" * 32, 32, out, byref(length)) == p11.SESSION_HANDLE_INVALID
    assert shelf.plugged() == {}
    shelf.plug(made.serial)
    session, key = inside(calls)
    assert calls.sign(session, key) == p11.OK


def test_the_desks_own_signature_fails_with_the_device_too(shelf: Shelf, made: Made) -> None:
    faults.order(shelf, made.serial, Fault.REMOVED)
    with pytest.raises(DeviceFailed, match="sign: DeviceRemoved"):
        shelf.sign(made.serial, USER_PIN, b"x")
    assert shelf.sign(made.serial, USER_PIN, b"x")


def test_a_signature_takes_its_time(shelf: Shelf, made: Made) -> None:
    faults.order(shelf, made.serial, Fault.SLOW, value=3_600_000)
    application = Application("sign", shelf.home, made.serial)
    application.say(USER_PIN)
    while faults.ordered(shelf, made.serial) or _state(application.process.pid) != "S":
        assert application.process.poll() is None
    assert application.kill() == ""
    faults.order(shelf, made.serial, Fault.SLOW, value=1)
    application = Application("sign", shelf.home, made.serial)
    assert application.end(USER_PIN + "\n") == ("0\n", "")


def test_a_full_token_takes_no_object_but_goes_on_signing(shelf: Shelf, made: Made, calls: Calls) -> None:
    session, key = inside(calls)
    faults.order(shelf, made.serial, Fault.MEMORY, times=None)
    for on_token, answer in ((True, p11.DEVICE_MEMORY), (False, p11.OK)):
        array = template({p11.CLASS: 0, p11.VALUE: b"x", p11.TOKEN: on_token})
        assert calls("C_CreateObject", session, array, len(array), byref(c_ulong())) == answer
    assert calls.make_pair(session, on_token=True)[0] == p11.DEVICE_MEMORY
    assert calls.make_pair(session, on_token=False)[0] == p11.OK
    assert calls.sign(session, key) == p11.OK
    assert faults.ordered(shelf, made.serial) == {Fault.MEMORY: Order(times=None)}
    faults.order(shelf, made.serial, Fault.SLOW, value=1)
    faults.withdraw(shelf, made.serial, Fault.MEMORY)
    assert calls.make_pair(session, on_token=True)[0] == p11.OK
    assert faults.ordered(shelf, made.serial) == {Fault.SLOW: Order(value=1)}
    faults.withdraw(shelf, made.serial)
    assert faults.ordered(shelf, made.serial) == {}


def test_a_certificate_is_missing_until_it_is_put_back(shelf: Shelf, made: Made, calls: Calls) -> None:
    session = calls.open()
    certificates = {p11.CLASS: 1}
    assert len(calls.find(session, certificates)) == 1
    faults.hide_certificate(shelf, made.serial)
    assert calls.find(session, certificates) == []
    assert shelf.read_certificate(made.serial) is None
    assert faults.put_certificate_back(shelf, made.serial)
    assert len(calls.find(session, certificates)) == 1
    assert shelf.read_certificate(made.serial) == made.certificate
    assert not faults.put_certificate_back(shelf, made.serial)


def test_a_certificate_is_for_another_key_until_it_is_put_back(shelf: Shelf, made: Made) -> None:
    faults.swap_certificate(shelf, made.serial)
    found = shelf.read_certificate(made.serial)
    assert found is not None
    swapped, own = x509.load_der_x509_certificate(found), x509.load_der_x509_certificate(made.certificate)
    assert swapped.public_key() != own.public_key()
    assert (swapped.subject, swapped.serial_number) == (own.subject, own.serial_number)
    other = certificate_for(make(shelf).public_key_der, 7)
    faults.swap_certificate(shelf, made.serial, other)
    assert shelf.read_certificate(made.serial) == other
    assert faults.put_certificate_back(shelf, made.serial)
    assert shelf.read_certificate(made.serial) == made.certificate


def test_what_cannot_be_ordered_is_refused(shelf: Shelf, made: Made) -> None:
    for times, value in ((0, 1), (-1, 1), (2**32, 1), (1, -1), (1, 2**32)):
        with pytest.raises(ValueError, match="a fault shows 1 to"):
            faults.order(shelf, made.serial, Fault.SLOW, times=times, value=value)
    with pytest.raises(ValueError, match="CKR_OK is no fault"):
        faults.order(shelf, made.serial, Fault.LOGIN)
    with pytest.raises(UnknownDevice):
        faults.order(shelf, "0" * 16, Fault.MEMORY)
    with pytest.raises(BadCertificate):
        faults.swap_certificate(shelf, made.serial, b"no certificate")
    with shelf.personalise("generic-10", "p256", USER_PIN, USER_PIN) as bare:
        bare.place()
    with pytest.raises(BadCertificate, match="there is none on the device"):
        faults.hide_certificate(shelf, bare.serial)


def test_one_order_shows_once_however_many_clients_there_are(shelf: Shelf, made: Made) -> None:
    clients = [Application("guess", shelf.home, made.serial) for _ in range(4)]
    assert {client.hear() for client in clients} == {"ready"}
    for _ in range(5):
        faults.order(shelf, made.serial, Fault.LOGIN, value=DEVICE_ERROR)
        for client in clients:
            client.say(f"{USER_PIN} 1")
        assert sorted(client.hear() for client in clients).count(str(DEVICE_ERROR)) == 1
        for client in clients:
            client.say("logout 0")
            assert client.hear() == ""
    for client in clients:
        client.end()
    assert os.environ.get(module.HOME) != str(shelf.home)
