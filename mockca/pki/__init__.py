"""What X.509 says: pure functions from keys, facts and an instant to DER. Knows no rules and no storage."""
