"""A mock of the government certification authority: rules, PKI, registry, use cases and HTTP faces."""
