"""Implementations that are none of the project's own kind, to learn from and to test the harness with."""
