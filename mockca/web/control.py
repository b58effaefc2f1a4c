"""The control plane of a sandbox: its clock, its faults, and starting afresh. For the trainer alone."""

from __future__ import annotations

from mockca.desk import answers, exchanges, faults, snapshots
from mockca.desk import control as desk
from mockca.desk.commands import (
    AddFault,
    ResetSandbox,
    RestoreSnapshot,
    SetAnswers,
    SetRecording,
    SetTimestamping,
    StageCertificates,
    TakeSnapshot,
    TurnClock,
)
from mockca.desk.staging import stage_certificates as stage
from mockca.desk.timestamps import set_timestamping as set_up
from mockca.desk.timestamps import timestamping_view
from mockca.desk.views import (
    AnswersView,
    ClockView,
    ExchangeListView,
    FaultListView,
    FaultView,
    RecordingView,
    SandboxView,
    SnapshotListView,
    SnapshotView,
    StagedView,
    TimestampingView,
    WhyView,
)
from mockca.web.access import actor, here, require_trainer, sandboxes, sign_in
from mockca.web.calendar import require_possible
from mockca.web.face import Face, File
from mockca.web.models import ExchangeQuery, InSandbox, OfNumber, OfSnapshot
from mockca.web.operations import fields_of, require_operation

SNAPSHOT_TYPE = "application/x-tar"

control = Face(
    "control",
    __name__,
    title="Điều khiển sandbox / Controlling the sandbox",
    secured="account",
    url_prefix="/<sandbox>/control",
)


@control.before_request
def guard() -> None:
    """Everything here needs the trainer's credential."""
    sign_in()
    require_trainer()


@control.reads("/clock", ClockView)
def read_clock(path: InSandbox) -> ClockView:
    """Đồng hồ của sandbox. The sandbox's clock."""
    del path
    return desk.clock_view(here())


@control.replaces("/clock", ClockView)
def turn_clock(path: InSandbox, body: TurnClock) -> ClockView:
    """Chỉnh đồng hồ. Turn the clock; what falls due on the way is run, in order, and named in `ran`."""
    del path
    require_possible(here().clock.now(), body)
    return desk.turn_clock(here(), actor(), body)


@control.does("/reset", SandboxView)
def reset_sandbox(path: InSandbox, body: ResetSandbox) -> SandboxView:
    """Làm lại sandbox từ đầu. Empty the sandbox and fill it again; keys and credentials stay."""
    return desk.reset(sandboxes(), path.sandbox, actor(), body)


@control.makes("/certificates", StagedView)
def stage_certificates(path: InSandbox, body: StageCertificates) -> StagedView:
    """Đặt sẵn chứng thư số. Put certificates there as if they had been issued earlier, by the hundred or by the ten
    thousand; they are in effect from that instant and have no devices."""
    del path
    return stage(here(), actor(), body)


@control.makes("/faults", FaultView)
def add_fault(path: InSandbox, body: AddFault) -> FaultView:
    """Đặt lỗi theo yêu cầu. Have exchanges of TSA, OCSP, CRL, AIA or API go wrong, from the next request on."""
    del path
    require_operation(body.operation)
    return faults.add_fault(here(), actor(), body)


@control.reads("/faults", FaultListView)
def list_faults(path: InSandbox) -> FaultListView:
    """Các lỗi đã đặt. The faults that are set, how often each had its chance and how often it fired."""
    del path
    return faults.list_faults(here())


@control.removes("/faults/<number>", FaultView)
def remove_fault(path: OfNumber) -> FaultView:
    """Gỡ một lỗi. Take a fault away."""
    return faults.remove_fault(here(), actor(), path.number)


@control.reads("/exchanges", ExchangeListView)
def list_exchanges(path: InSandbox, query: ExchangeQuery) -> ExchangeListView:
    """Nhật ký trao đổi. The latest exchanges, the newest first."""
    del path
    return exchanges.list_exchanges(here(), **query.model_dump())


@control.reads("/exchanges/<number>/why", WhyView)
def explain_exchange(path: OfNumber) -> WhyView:
    """Vì sao bị từ chối. Why an exchange was refused: the rule, what would be accepted, and what comes nearest."""
    return exchanges.why(here(), path.number, fields_of)


@control.reads("/recording", RecordingView)
def read_recording(path: InSandbox) -> RecordingView:
    """Những trao đổi nào được ghi. Which exchanges are noted."""
    del path
    return exchanges.recording_view(here())


@control.replaces("/recording", RecordingView)
def set_recording(path: InSandbox, body: SetRecording) -> RecordingView:
    """Chọn những trao đổi được ghi. Say which exchanges are noted."""
    del path
    return exchanges.set_recording(here(), actor(), body)


@control.reads("/answers", AnswersView)
def read_answers(path: InSandbox) -> AnswersView:
    """Trả lời thế nào khi RFC cho chọn. What is answered where an RFC allows two, and what else could be."""
    del path
    return answers.answers_view(here())


@control.replaces("/answers", AnswersView)
def set_answers(path: InSandbox, body: SetAnswers) -> AnswersView:
    """Chọn cách trả lời. Say what is answered where an RFC allows two."""
    del path
    return answers.set_answers(here(), actor(), body)


@control.makes("/snapshots", SnapshotView)
def take_snapshot(path: InSandbox, body: TakeSnapshot) -> SnapshotView:
    """Chụp lại toàn bộ sandbox. Put the whole sandbox into a file: CA, registry, devices, clock."""
    del path
    return snapshots.take_snapshot(here(), actor(), body)


@control.reads("/snapshots", SnapshotListView)
def list_snapshots(path: InSandbox) -> SnapshotListView:
    """Các ảnh chụp. The snapshots of this sandbox."""
    del path
    return snapshots.list_snapshots(here())


@control.prints("/snapshots/<snapshot>", SNAPSHOT_TYPE)
def download_snapshot(path: OfSnapshot) -> File:
    """Tải ảnh chụp về. The file of a snapshot, with every key and credential of the world in it."""
    content = snapshots.snapshot_file(here(), actor(), path.snapshot).read_bytes()
    return File(content, SNAPSHOT_TYPE, f"{path.sandbox}-{path.snapshot}.tar")


@control.does("/snapshots/<snapshot>/restoration", ClockView)
def restore_snapshot(path: OfSnapshot, body: RestoreSnapshot) -> ClockView:
    """Khôi phục từ ảnh chụp. Put the snapshot's world in the sandbox's place, all of it at one instant."""
    return snapshots.restore_snapshot(sandboxes(), path.sandbox, actor(), path.snapshot, body)


@control.removes("/snapshots/<snapshot>", SnapshotView)
def remove_snapshot(path: OfSnapshot) -> SnapshotView:
    """Xóa ảnh chụp. Remove a snapshot."""
    return snapshots.remove_snapshot(here(), actor(), path.snapshot)


@control.reads("/timestamping", TimestampingView)
def read_timestamping(path: InSandbox) -> TimestampingView:
    """Dịch vụ dấu thời gian. Where time stamps are given, under which policy, and what is stamped."""
    del path
    return timestamping_view(here())


@control.replaces("/timestamping", TimestampingView)
def set_timestamping(path: InSandbox, body: SetTimestamping) -> TimestampingView:
    """Cài đặt dịch vụ dấu thời gian. Say which imprints are stamped."""
    del path
    return set_up(here(), actor(), body)
