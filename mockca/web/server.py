"""The production server: what each worker process runs, and how they are started and stopped."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from wsgiref.types import WSGIApplication

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from sqlalchemy import URL

from mockca.desk.sandbox import Sandboxes
from mockca.errors import SetUpError
from mockca.web.app import create_app
from mockca.web.patience import have_patience
from mockca.web.pki import in_front_of

THREADS = 1
"""Requests that one worker handles at a time. More would take the interpreter's lock from each other, which costs a
short answer as much again as the answer itself; workers are what runs side by side. Answers that a fault delays wait
elsewhere (`patience`)."""
STOP_SECONDS = 10
"""How long a worker may finish what it has begun, in seconds."""
PR_SET_PDEATHSIG = 1


Compose = Callable[[Flask, Sandboxes], WSGIApplication]
"""Makes the WSGI application of the Flask one: what stands in front of it, and anything else."""


def with_pki_in_front(app: Flask, sandboxes: Sandboxes) -> WSGIApplication:
    """The bare PKI route in front of Flask: the authority as it should be."""
    return in_front_of(app.wsgi_app, sandboxes)


def build(
    home: Path, public_url: str, database: URL | None = None, compose: Compose = with_pki_in_front
) -> WSGIApplication:
    """The whole WSGI application over a data folder."""
    sandboxes = Sandboxes(home, public_url, database)
    return compose(create_app(sandboxes), sandboxes)


def load_in_worker(
    home: Path, public_url: str, parent: int, database: URL | None = None, compose: Compose = with_pki_in_front
) -> WSGIApplication:
    """Build the application in a fresh worker process: keys, stores and devices are opened here, once.

    `parent` is the main process's id; SystemExit where it is gone already. New sandboxes go into `database`.
    """
    _end_with(parent)
    # The main process's handlers came along by the fork, and would swallow a stop until the server sets its own.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    have_patience()
    return build(home, public_url, database, compose)


def serve(
    home: Path,
    host: str,
    port: int,
    workers: int,
    public_url: str,
    database: URL | None = None,
    compose: Compose = with_pki_in_front,
) -> None:
    """Serve until SIGTERM or SIGINT. A worker that dies is started again."""
    Granian(
        "mockca",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(load_in_worker, home, public_url, os.getpid(), database, compose), wrap_loader=False)


def require_free_port(host: str, port: int) -> None:
    """Raise SetUpError where something listens there already: the server itself would silently share the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetUpError(
                f"cannot listen on {host} port {port}: {error.strerror}; stop what listens there, "
                f"or type: mockca serve --port {port + 1}"
            ) from error


def _end_with(parent: int) -> None:
    """Have the kernel kill this worker when the main process is gone, or it would keep the port.

    Not by SIGTERM, which a worker that is just starting may miss; what was answered is durable anyway.
    """
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):  # pragma: no cover - other systems have no prctl
        logging.getLogger("mockca.web").warning("workers outlive a killed server on this system")
    if os.getppid() != parent:
        # It was killed before the kernel had been asked.
        raise SystemExit(1)
