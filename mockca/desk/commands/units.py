"""Agencies and organisations."""

from __future__ import annotations

from pydantic import Field

from mockca.desk.commands.base import Command, Identifier, Text


class RegisterUnit(Command):
    """Enter an agency or organisation in the sandbox's list."""

    id: Identifier
    regulation: Identifier
    name: Text
    category: Identifier
    """Kind of body; the regulation says which are eligible."""
    superiors: tuple[Text, ...] = Field(default=(), max_length=4)
    """The bodies above it, top first."""
    locality: Text
    email: Text
    has_seal: bool = True
