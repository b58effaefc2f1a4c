"""What all pages for people share: languages, sessions, layout, and how a page asks the authority for something.

A room of the house (portal, office, …) is a package or module beside this one with a blueprint of its own; its
templates are in `templates/<room>/`, its English in `translations/en/<room>.po`.
"""
