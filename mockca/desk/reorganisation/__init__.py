"""Bodies are split, merged, renamed or dissolved: a decision, and what it makes of their certificates in bulk."""
