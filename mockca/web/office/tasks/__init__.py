"""What can be done in the office: each task is an operation of the API, with its request drawn as a form."""

from __future__ import annotations

from mockca.web.office.tasks import cases, custody, dossiers, effect, keeping, reports
from mockca.web.office.tasks.base import TASKS, Task

__all__ = ["TASKS", "Task"]

# Importing them is what enters their tasks.
NOUNS = (dossiers, custody, effect, cases, keeping, reports)
