"""The tokens' blueprint. The modules beside this one declare its pages."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

tokens: Final = Blueprint("tokens", __name__, url_prefix="/<sandbox>/tokens")
