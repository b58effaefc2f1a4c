"""Other people's verifiers as commands of the verifier suite: each is given a document and answers in JSON.

    conformance run --regulation lai-chau --without xml-documents \\
        --target 'verifier=python -m conformance.examples.verifiers.pyhanko --evidence {evidence} --at {at} {file}'

What each gets wrong by its defaults stands in docs/conformance/verifier.md; `benchmarks/verifiers.py` finds it out.
"""
