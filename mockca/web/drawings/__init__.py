"""Drawings on pages: SVG from data, one module a noun. Pure: they get texts in the page's language and give Markup."""
