"""What the authority answers where an RFC allows two: one table, a row a choice, and where the trainer chooses.

What the real authority does in these cases is not public: each default is this project's choice (docs/unsourced.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from mockca.desk.actors import Actor, Role
from mockca.desk.commands import SetAnswers
from mockca.desk.telling import PublicationSettings, publication_settings, put_publication_settings
from mockca.desk.timestamps import put_timestamp_settings, timestamp_settings
from mockca.desk.views import AnswersView, AnswerView
from mockca.registry import journal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mockca.desk.sandbox import Sandbox

CONTROL: Final = "control"


@dataclass(frozen=True, slots=True)
class Choice:
    """One question that a standard leaves open."""

    rfc: str
    vi: str
    en: str


CHOICES: Final[Mapping[str, Choice]] = {
    "unknown_serial": Choice(
        "RFC 6960 §2.2, RFC 5019 §2.2.3",
        "OCSP nói gì về số chứng thư chưa từng cấp",
        "What OCSP says of a serial number that was never issued",
    ),
    "ocsp_nonce": Choice("RFC 9654 §2.1", "OCSP có nhắc lại nonce", "Whether OCSP repeats the request's nonce"),
    "ocsp_responder_id": Choice(
        "RFC 6960 §4.2.1",
        "OCSP nêu người ký bằng khóa hay bằng tên",
        "Whether the responder is named by key or by name",
    ),
    "ocsp_signer": Choice(
        "RFC 6960 §4.2.2.2",
        "Ai ký câu trả lời OCSP: người được ủy quyền hay chính CA",
        "Who signs OCSP answers: a delegate, or the CA itself",
    ),
    "ocsp_certificates": Choice(
        "RFC 6960 §4.2.1", "Chứng thư nào đi kèm câu trả lời OCSP", "Which certificates go along with an OCSP answer"
    ),
    "ocsp_next_update": Choice(
        "RFC 6960 §4.2.2.1",
        "OCSP có nêu nextUpdate",
        "Whether OCSP tells nextUpdate; without it newer news is always there",
    ),
    "ocsp_archive_cutoff": Choice(
        "RFC 6960 §4.4.4",
        "OCSP có nêu mốc lưu trữ với chứng thư đã hết hạn",
        "Whether OCSP tells the archive cutoff of an expired certificate",
    ),
    "tsa_accuracy": Choice(
        "RFC 3161 §2.4.2", "Dấu thời gian có nêu độ chính xác", "Whether a time stamp tells its accuracy"
    ),
    "tsa_ordering": Choice(
        "RFC 3161 §2.4.2",
        "Dấu thời gian có nói rằng chúng so sánh được với nhau",
        "Whether time stamps say that they can be ordered by their time alone",
    ),
    "tsa_name": Choice("RFC 3161 §2.4.2", "Dấu thời gian có nêu tên TSA", "Whether a time stamp names its authority"),
}
_OF_STAMPS: Final = frozenset(("tsa_accuracy", "tsa_ordering", "tsa_name"))


def answers_view(sandbox: Sandbox) -> AnswersView:
    """What is answered now, what else could be, and by which section of which RFC."""
    with sandbox.store.read() as connection:
        return _view(connection)


def set_answers(sandbox: Sandbox, actor: Actor, command: SetAnswers) -> AnswersView:
    """Say what is answered from the next request on, in every process."""
    actor.require("choose what is answered", (Role.TRAINER,), CONTROL)
    wanted = command.model_dump()
    of_stamps = {name: wanted.pop(name) for name in sorted(_OF_STAMPS)}
    with sandbox.store.write() as connection:
        kept = publication_settings(connection).model_dump()
        put_publication_settings(connection, PublicationSettings.model_validate(kept | wanted))
        put_timestamp_settings(connection, timestamp_settings(connection).model_copy(update=of_stamps))
        journal.append(
            connection,
            at=sandbox.clock.now(),
            actor=actor.account,
            action="answers.set",
            about="answers",
            detail=command.model_dump(mode="json"),
            clauses=[],
        )
        return _view(connection)


def _view(connection: Connection) -> AnswersView:
    said = publication_settings(connection).model_dump() | timestamp_settings(connection).model_dump()
    fields = SetAnswers.model_fields
    return AnswersView(
        items=tuple(
            AnswerView(
                name=name,
                value=str(said[name]),
                default=fields[name].default,
                choices=get_args(fields[name].annotation),
                rfc=choice.rfc,
                vi=choice.vi,
                en=choice.en,
            )
            for name, choice in CHOICES.items()
        )
    )
