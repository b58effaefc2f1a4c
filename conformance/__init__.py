"""What must hold: a harness that tells, clause by clause, what an implementation of the regulations gets wrong.

It knows the HTTP contract, PKCS#11 and files, never the mock's code: it must drive anybody's implementation.
"""
