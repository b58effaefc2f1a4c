"""What the law says: regulations as data, and the checks that read them. Pure, but for reading its own data."""
