"""What the example has to sign."""

from __future__ import annotations

from collections.abc import Mapping

from token_emulator.documents.drafts import Draft, render_draft


def drafts(signer: str) -> Mapping[str, tuple[str, bytes]]:
    """Id → title, PDF. `signer` is whose name stands below."""
    letters = {
        "cv-0001": ("Công văn về việc sử dụng chữ ký số", Draft(signer=signer)),
        "tb-0002": ("Thông báo lịch làm việc", Draft(signer=signer, about="V/v lịch làm việc tuần tới")),
    }
    return {id_: (title, render_draft(draft)) for id_, (title, draft) in letters.items()}
