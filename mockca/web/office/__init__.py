"""The office: the desks of registrar, authority, agencies and subscribers, as pages.

Whatever is done here is an operation of the API, by the models of its contract; the pages draw its requests as forms.
"""

from __future__ import annotations

from mockca.web.office import doing, front, lists, things
from mockca.web.office.blueprint import office

__all__ = ["office"]

# Importing them is what declares their pages.
PAGES = (front, lists, things, doing)
