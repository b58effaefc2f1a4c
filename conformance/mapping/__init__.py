"""A mapping file: how an implementation with an HTTP interface of its own is driven, said in YAML.

For each operation of the scenarios it says which request to make and where in the answer the values stand. Its model is
also the JSON Schema, `conformance/contract/mapping.schema.json`. `conformance.targets.mapped` plays it.
"""
