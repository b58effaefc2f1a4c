"""Implementations under test, each reached in its own way; all speak `scenarios.port.Port`."""
