"""Signed documents: made as a regulation asks (`signing`), judged by it (`judging`); the rules are data (`rules`)."""
