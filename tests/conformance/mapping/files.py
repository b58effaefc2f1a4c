"""Mapping files for tests: a small one that is sound, and the same with something changed."""

from __future__ import annotations

from typing import Any

import yaml

from conformance.mapping.model import Mapping
from conformance.mapping.reading import read_text

SOUND = """\
mapping: 1
name: Thử
maps:
  states: {filed: NOP, accepted: [NHAN, DA_NHAN]}
  decisions: {accept: DONG_Y, approve: DONG_Y}
sign_in: {by: headers, headers: {X-Key: "${account.credential}"}}
clock:
  request: {path: /gio}
  now: {at: $.gio, time: iso}
refusals:
  statuses: [400, 403, 404, 409]
  message: $.thong_bao
  clauses: $.loi[*].ma
  codes: {E1: ND68-9.2, E2: [ND68-11.1, LC-8.1]}
  fields: $.loi[*].truong
  field_names: {so_nam: form.fields.validity_years}
  state: {at: $.trang_thai, map: states}
operations:
  file_dossier:
    requests:
      method: POST
      path: /ho-so
      json:
        ten: ${body.form.fields.full_name}
        nam: ${body.form.fields.validity_years}
    values:
      number: $.so
      state: {at: $.trang_thai, map: states}
  read_dossier:
    requests: {path: "/ho-so/${body.dossier}"}
    values:
      state: {at: $.trang_thai, map: states}
"""


def sound(**changes: Any) -> Mapping:
    """The sound mapping with some of its keys changed; `operations` are put beside its own."""
    return read_text(as_yaml(**changes), "mapping.yaml")


def as_yaml(**changes: Any) -> str:
    """The file's text, likewise; a key changed to None is left out."""
    data: dict[str, Any] = yaml.safe_load(SOUND)
    operations = changes.pop("operations", None)
    data |= changes
    if operations is not None:
        data["operations"] |= operations
    return yaml.safe_dump({key: value for key, value in data.items() if value is not None}, allow_unicode=True)
