"""What happened: tables, queries and the journal, on SQLAlchemy Core."""
