"""The workshop's pages: classes and their boards for trainers, joining and lessons for learners."""

from __future__ import annotations

from mockca.web.workshop import boards, classes, joining, lessons
from mockca.web.workshop.blueprint import install, workshop
from mockca.web.workshop.observing import watch

__all__ = ["install", "watch", "workshop"]

# Importing them is what puts their pages on the blueprint.
PAGES = (classes, boards, joining, lessons)
