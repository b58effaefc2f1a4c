"""A classroom: classes whose learners have a sandbox each, lessons that are scenarios, and who has got how far.

It lies in `<home>/workshop.db`, beside the sandboxes, and outlives what is reset in them.
"""
