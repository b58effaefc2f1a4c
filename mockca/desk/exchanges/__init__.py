"""The journal of exchanges: who asked what, what was answered, and why.

`notes` says what is noted of an exchange; `desk` is where the trainer reads it and says which are noted; `why` tells
why one was refused and what would have been the nearest way.
"""

from __future__ import annotations

from mockca.desk.exchanges.desk import list_exchanges, recording_view, set_recording
from mockca.desk.exchanges.notes import Note, keep
from mockca.desk.exchanges.why import why

__all__ = ["Note", "keep", "list_exchanges", "recording_view", "set_recording", "why"]
