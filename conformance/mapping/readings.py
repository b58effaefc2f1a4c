"""Values of an answer, found where the mapping says and written as the contract does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.mapping import conversions
from conformance.mapping.model import Reading
from conformance.mapping.paths import found_at
from conformance.mapping.templates import MAPS, MISSING, ZONE, Missing, compiled
from scenarios.paths import BadPath, put

LAST = ""
"""The name under which the last answer is found."""


def read(reading: Reading, answers: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    """The value; MISSING where nothing stands there. Raises BadTemplate where an expression goes wrong."""
    value = _found(reading, answers, context)
    if isinstance(value, Missing):
        return reading.default if "default" in reading.model_fields_set else MISSING
    if reading.each:
        items = value if isinstance(value, list) else [value]
        value = [values_of(reading.each, {LAST: item}, context) for item in items]
    elif isinstance(value, list):
        value = [_converted(reading, one, context) for one in value]
    else:
        value = _converted(reading, value, context)
    if reading.keep is not None and isinstance(value, list):
        keep = compiled(reading.keep)
        value = [one for one in value if _is_true(keep.value({**context, "item": one}))]
    return value


def values_of(
    readings: Mapping[str, Reading], answers: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, Any]:
    """The contract's object made of them; what is missing is left out."""
    made: dict[str, Any] = {}
    for path, reading in readings.items():
        value = read(reading, answers, context)
        if isinstance(value, Missing):
            continue
        try:
            made = put(made, path, value)
        except BadPath:
            # Two paths of the mapping that exclude each other in this answer: the first one stands.
            continue
    return made


def _found(reading: Reading, answers: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    document = answers.get(reading.of or LAST, MISSING)
    if reading.value is not None:
        return compiled(reading.value).value({**context, "answer": None if isinstance(document, Missing) else document})
    assert reading.at is not None  # noqa: S101 - the model asks for one of the two
    return MISSING if isinstance(document, Missing) else found_at(reading.at, document)


def _converted(reading: Reading, value: Any, context: Mapping[str, Any]) -> Any:
    if reading.map is not None:
        value = conversions.ours(value, context[MAPS].get(reading.map, {}))
    if reading.time is not None:
        value = conversions.instant_read(value, reading.time, context[ZONE])
    if reading.day is not None:
        value = conversions.day_read(value, reading.day)
    match reading.write:
        case "text":
            value = conversions.text(value)
        case "number":
            value = conversions.number(value)
        case "pem":
            value = conversions.pem(value)
        case "hex":
            value = conversions.hexadecimal(value)
        case "hex-from-decimal":
            value = conversions.hexadecimal(value, is_decimal=True)
    return value


def _is_true(value: Any) -> bool:
    return not isinstance(value, Missing) and bool(value)
