"""Sổ chứng thư: a registration workflow after Lai Châu's regulation, its HTTP interface quite unlike the contract's.

Vietnamese paths, fields, states and error codes, dates as dd/MM/yyyy, a session cookie, lists by page number, serial
numbers in decimal. Flask and SQLite, certificates by cryptography, its own CRL, delta CRL and OCSP. It knows nothing of
the contract, the scenarios or the mock: `mapping.yaml` is all that stands between it and the conformance suite.

    python -m conformance.examples.so_chung_thu --port 8500 --accounts accounts.json

It holds to what the scenarios of Lai Châu's person ask, and to no more: see README.md.
"""
