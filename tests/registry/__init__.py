"""Tests of what happened and when."""
