"""The checks. Each suite is one module that the pytest plugin collects."""
