"""The use cases: each checks the rules, calls the PKI, and writes registry and journal in one transaction."""
