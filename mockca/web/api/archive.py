"""The archive and the shortcomings over HTTP."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

from mockca.desk import archive, shortcomings
from mockca.desk.transaction import perform
from mockca.desk.views import ArchiveFileView
from mockca.web.access import actor, here
from mockca.web.api.face import api
from mockca.web.models import (
    ArchiveList,
    ArchiveQuery,
    GapList,
    InSandbox,
    OfNumber,
    OfSerial,
    ShortcomingList,
    ShortcomingQuery,
    UnitSlice,
)


@api.reads("/archive", ArchiveList)
def search_archive(path: InSandbox, query: ArchiveQuery) -> ArchiveList:
    """Tra cứu lưu trữ: hồ sơ, danh sách, biên bản, thu hồi, khôi phục, người giữ… Search everything on file."""
    del path
    page = archive.search(
        here(),
        actor(),
        words=query.q,
        kind=query.kind,
        certificate=query.certificate,
        device=query.device,
        unit=query.unit,
        since=query.since,
        until=query.until,
        after=query.after,
        limit=query.limit,
    )
    return ArchiveList.model_validate(page, from_attributes=True)


@api.reads("/archive/gaps", GapList)
def list_gaps(path: InSandbox, query: UnitSlice) -> GapList:
    """Những gì lưu trữ còn thiếu. What the archive ought to hold and does not."""
    del path
    page = archive.missing(here(), actor(), unit=query.unit, after=query.after, limit=query.limit)
    return GapList.model_validate(page, from_attributes=True)


@api.reads("/archive/certificates/<serial>", ArchiveFileView)
def read_file(path: OfSerial) -> ArchiveFileView:
    """Toàn bộ hồ sơ của một chứng thư số. Everything on file about one certificate, in order."""
    return archive.file_of(here(), actor(), path.serial)


@api.reads("/custody/shortcomings", ShortcomingList)
def list_shortcomings(path: InSandbox, query: ShortcomingQuery) -> ShortcomingList:
    """Thiết bị chưa được quản lý đúng quy định. Devices that are not kept as the regulation wants it."""
    del path
    page = shortcomings.shortcomings(
        here(),
        actor(),
        unit=query.unit,
        device=query.device,
        kind=query.kind,
        after=query.after,
        limit=query.limit,
    )
    return ShortcomingList.model_validate(page, from_attributes=True)


@api.keeps("/dossiers/<number>")
def remove_dossier(path: OfNumber) -> NoReturn:
    """Không xóa được hồ sơ đã lưu. A dossier on file is not removed: always refused, with the archive's clause."""
    _keep("dossier", path.number)


@api.keeps("/rosters/<number>")
def remove_roster(path: OfNumber) -> NoReturn:
    """Không xóa được danh sách đã gửi. A roster on file is not removed: always refused."""
    _keep("roster", path.number)


@api.keeps("/handovers/<number>")
def remove_handover(path: OfNumber) -> NoReturn:
    """Không xóa được biên bản giao nhận. Minutes on file are not removed: always refused."""
    _keep("handover", path.number)


@api.keeps("/revocations/<number>")
def remove_revocation(path: OfNumber) -> NoReturn:
    """Không xóa được hồ sơ thu hồi. A revocation on file is not removed: always refused."""
    _keep("revocation", path.number)


def _keep(kind: str, number: int) -> NoReturn:
    perform(here(), actor(), partial(archive.remove, kind=kind, number=number), None)
    raise AssertionError(kind)  # pragma: no cover - the use case always raises
