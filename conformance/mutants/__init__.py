"""Deliberate defects of an implementation, and the proof that each check catches one.

A mutant is switched on in the mock by its start option or by a request's header, never by import: whatever can be
started with the same option can be proven by.
"""
