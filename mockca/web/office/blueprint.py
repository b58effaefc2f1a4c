"""The office's blueprint. The modules beside this one declare its pages."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

office: Final = Blueprint("office", __name__, url_prefix="/<sandbox>/office")
