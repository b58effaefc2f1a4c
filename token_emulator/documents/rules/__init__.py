"""What each regulation asks of a signed document, as data: one TOML file each, a province's over its regime's."""

from token_emulator.documents.rules.loading import available, load
from token_emulator.documents.rules.model import DocumentRules, Kind, Mark, Place, Presence, Role, Said

__all__ = ["DocumentRules", "Kind", "Mark", "Place", "Presence", "Role", "Said", "available", "load"]
