"""What a target may lack without being wrong: where it is said to, the checks that need it do not apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from conformance.errors import NothingToRun
from conformance.law import Text
from scenarios import Operation, Scenario

FEATURES: Mapping[str, Text] = MappingProxyType(
    {
        "announcements": Text("công bố trên cổng", "announcements on the portal"),
        "appointments": Text("ghi người được cử", "a record of whom bodies appoint"),
        "archive": Text("tra cứu hồ sơ lưu trữ", "a search over what is on file"),
        "clock": Text("đồng hồ chỉnh được", "a clock that can be turned"),
        "cms-documents": Text("văn bản ký dạng CMS", "documents signed in CMS"),
        "count-flags": Text("cờ báo số lần thử còn lại", "flags that tell how many tries are left"),
        "custody": Text("sổ giữ thiết bị", "a record of who keeps each device"),
        "deadlines": Text("theo dõi thời hạn", "a record of time limits"),
        "document-rules": Text("xét chữ ký theo quy định", "judging signatures by a regulation's rules"),
        "notices": Text("gửi thông báo", "notices to those concerned"),
        "numbering": Text("ghi số, ngày vào văn bản", "writing number and date into documents"),
        "pdf-documents": Text("văn bản ký dạng PDF", "documents signed in PDF"),
        "reorganisation": Text("xử lý chứng thư số khi sắp xếp đơn vị", "reorganisations in bulk"),
        "reports": Text("báo cáo, kế hoạch", "reports and plans"),
        "restore": Text("khôi phục thiết bị bị khóa", "restoring locked devices"),
        "signed-copies": Text("ký bản sao điện tử", "signing electronic copies"),
        "signed-parts": Text("ký phụ lục, văn bản kèm theo tệp riêng", "signing annexes and attachments of their own"),
        "signed-scans": Text("ký bản quét văn bản giấy", "signing scanned paper"),
        "staging": Text("đặt sẵn chứng thư số", "certificates put there as if issued earlier"),
        "timestamps": Text("cấp dấu thời gian", "time stamps"),
        "units": Text("ghi danh đơn vị", "bodies entered in a list"),
        "xml-documents": Text("văn bản ký dạng XML", "documents signed in XML"),
    }
)
"""Name -> what it is."""

NEEDED_BY: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.READ_ANNOUNCEMENTS: "announcements",
        Operation.APPOINT: "appointments",
        Operation.READ_APPOINTMENTS: "appointments",
        Operation.SEARCH_ARCHIVE: "archive",
        Operation.READ_FILE: "archive",
        Operation.TURN_CLOCK: "clock",
        Operation.ASSIGN_CUSTODIAN: "custody",
        Operation.TAKE_OUT: "custody",
        Operation.BRING_BACK: "custody",
        Operation.READ_CUSTODY: "custody",
        Operation.READ_SHORTCOMINGS: "custody",
        Operation.READ_DEADLINES: "deadlines",
        Operation.READ_NOTICES: "notices",
        Operation.PLAN_REORGANISATION: "reorganisation",
        Operation.WORK_REORGANISATION: "reorganisation",
        Operation.READ_REORGANISATION: "reorganisation",
        Operation.READ_REORGANISATION_ITEMS: "reorganisation",
        Operation.FILE_REPORT: "reports",
        Operation.REQUEST_REPORT: "reports",
        Operation.DRAFT_REPORT: "reports",
        Operation.READ_REPORT: "reports",
        Operation.READ_REPORTS: "reports",
        Operation.READ_REPORTS_DUE: "reports",
        Operation.REQUEST_RESTORE: "restore",
        Operation.DECIDE_RESTORE: "restore",
        Operation.READ_RESTORE: "restore",
        Operation.STAGE_CERTIFICATE: "staging",
        Operation.REGISTER_UNIT: "units",
    }
)
"""What an operation of a scenario needs; the others are what an authority is for."""


def of_steps(scenario: Scenario) -> Mapping[str, tuple[str, ...]]:
    """What each step needs, with the steps before it that it builds on, sorted; by the step's id."""
    found: dict[str, tuple[str, ...]] = {}
    for step in scenario.steps:
        own = {*step.features, *_of_operation(step.does)}
        found[step.id] = tuple(sorted(own.union(*(found[needed] for needed in scenario.needs(step)))))
    return found


def known(names: Iterable[str]) -> frozenset[str]:
    """The names as a set. Raises NothingToRun for one that is no feature."""
    wanted = frozenset(names)
    for name in sorted(wanted - FEATURES.keys()):
        raise NothingToRun(f"no feature {name!r}; there are: {', '.join(FEATURES)}")
    return wanted


def _of_operation(operation: Operation) -> tuple[str, ...]:
    return (NEEDED_BY[operation],) if operation in NEEDED_BY else ()
