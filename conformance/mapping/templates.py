"""`${…}` in a mapping: Jinja's expressions, and nothing of Jinja but expressions.

    ${body.form.fields.full_name}              what the contract's body has there
    ${body.decision | theirs('decisions')}     their word for it, by a map of the file
    ${body.form.fields.birth_date | time('dd/MM/yyyy')}
    ${body.submission.channel == 'paper'}

A text that is one expression and nothing else takes the expression's type; inside a longer text it becomes text. Where
an expression leads nowhere the text is MISSING, and so is what it would have been in the request.

A mapping may come from somebody else. Its expressions see JSON values and the filters of this module: no attributes, no
methods, no functions, nothing that makes much out of little.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import cache
from itertools import islice
from types import GeneratorType
from typing import Any, Final

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from conformance.mapping import conversions
from scenarios.references import moment

LONGEST = 4000
"""Characters of a text with expressions."""
MOST_ITEMS = 100_000
"""Elements of a list that an expression makes."""
MAPS, ZONE = "__maps__", "__zone__"
"""Where the context has the file's maps and its time zone; no expression can name them."""


class Missing:
    """What an expression is worth that leads nowhere."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


class BadTemplate(ValueError):
    """It is no expression, or it went wrong."""


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%", "//", "/"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        raise SecurityError(f"there is no {operator} here")

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping):
            return obj[argument] if argument in obj else self.undefined(name=str(argument))
        if isinstance(obj, list | tuple | str) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(name=str(argument))


@dataclass(frozen=True, slots=True)
class Template:
    """One text, compiled."""

    source: str
    parts: tuple[str | TemplateExpression, ...]
    names: frozenset[str]
    """What it begins its paths with: `body`, `actor`, …"""
    maps: tuple[tuple[str, str], ...]
    """Filter (`theirs` or `ours`) and map for each use of a map."""
    formats: tuple[str, ...]
    """Formats of dates that it uses."""

    def value(self, context: Mapping[str, Any]) -> Any:
        """What it is worth; MISSING where an expression leads nowhere. Raises BadTemplate where one goes wrong."""
        if len(self.parts) == 1 and not isinstance(self.parts[0], str):
            return self._worth(self.parts[0], context)
        return self.text(context)

    def text(self, context: Mapping[str, Any], quote: Callable[[str], str] = str) -> str | Missing:
        """The text that it makes, what comes from expressions quoted; MISSING where one leads nowhere."""
        made = ""
        for part in self.parts:
            if isinstance(part, str):
                made += part
                continue
            worth = self._worth(part, context)
            if isinstance(worth, Missing):
                return MISSING
            made += quote(conversions.text(worth))
        return made

    def _worth(self, expression: TemplateExpression, context: Mapping[str, Any]) -> Any:
        try:
            worth = expression(context)
            if isinstance(worth, GeneratorType):
                worth = list(islice(worth, MOST_ITEMS))
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise BadTemplate(f"{self.source}: {error}") from error
        return MISSING if isinstance(worth, Undefined) else worth


@cache
def compiled(source: str) -> Template:
    """The text, compiled. Raises BadTemplate where it is none."""
    if len(source) > LONGEST:
        raise BadTemplate(f"longer than {LONGEST} characters")
    names: set[str] = set()
    parts: list[str | TemplateExpression] = []
    uses: list[nodes.Filter] = []
    for text, is_expression in _pieces(source):
        if not is_expression:
            parts.append(text)
            continue
        try:
            parsed = ENVIRONMENT.parse("${" + text + "}")
            parts.append(_expression(text))
        except TemplateSyntaxError as error:
            raise BadTemplate(f"${{{text}}}: {error.message}") from error
        except TemplateError as error:
            raise BadTemplate(f"${{{text}}}: {error}") from error
        names |= {found.name for found in parsed.find_all(nodes.Name)}
        uses += parsed.find_all(nodes.Filter)
    return Template(
        source,
        tuple(parts),
        frozenset(names),
        tuple((use.name, argument) for use in uses if use.name in ("theirs", "ours") for argument in _texts(use)),
        tuple(argument for use in uses if use.name == "time" for argument in _texts(use)),
    )


def _expression(text: str) -> TemplateExpression:
    made = ENVIRONMENT.compile_expression(text, undefined_to_none=False)
    assert isinstance(made, TemplateExpression)  # noqa: S101 - as its own annotation will say one day
    return made


def _texts(use: nodes.Filter) -> list[str]:
    return [one.value for one in use.args if isinstance(one, nodes.Const) and isinstance(one.value, str)]


def _pieces(source: str) -> Iterator[tuple[str, bool]]:
    """The text cut into what stands there and the insides of `${…}`."""
    inside: list[str] | None = None
    try:
        for _, kind, text in ENVIRONMENT.lex(source):
            if kind == "variable_begin":
                inside = []
            elif kind == "variable_end":
                yield "".join(inside or ()), True
                inside = None
            elif inside is not None:
                inside.append(text)
            else:
                yield text, False
    except TemplateSyntaxError as error:
        raise BadTemplate(error.message or "no expression") from error
    if inside is not None:
        raise BadTemplate("a ${ without its }")


# --- filters ----------------------------------------------------------------------------------------------------


@pass_context
def _theirs(context: Context, value: Any, name: str) -> Any:
    return conversions.theirs(value, context[MAPS].get(name, {}))


@pass_context
def _ours(context: Context, value: Any, name: str) -> Any:
    return conversions.ours(value, context[MAPS].get(name, {}))


@pass_context
def _time(context: Context, value: Any, how: str) -> Any:
    return conversions.written(value, how, _zone(context))


def _zone(context: Context) -> tzinfo:
    zone = context[ZONE]
    assert isinstance(zone, tzinfo)  # noqa: S101 - whoever makes the context puts it there
    return zone


def _plus(value: Any, seconds: Any) -> Any:
    instant = moment(value)
    return value if instant is None else (instant + timedelta(seconds=float(seconds))).isoformat()


def _after(value: Any, mark: str) -> str:
    return str(value).partition(mark)[2]


def _before(value: Any, mark: str) -> str:
    return str(value).partition(mark)[0]


def _base64(value: Any) -> str:
    return base64.b64encode(conversions.text(value).encode()).decode()


def _unless_missing(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that lets what is missing be missing."""
    passed = getattr(wrapped, "jinja_pass_arg", None)

    def filtered(*given: Any, **named: Any) -> Any:
        value = given[0 if passed is None else 1]
        return value if isinstance(value, Undefined) else wrapped(*given, **named)

    if passed is not None:
        vars(filtered)["jinja_pass_arg"] = passed
    return filtered


OWN: dict[str, Callable[..., Any]] = {
    "theirs": _theirs,
    "ours": _ours,
    "time": _time,
    "plus": _plus,
    "after": _after,
    "before": _before,
    "base64": _base64,
    "number": conversions.number,
    "text": conversions.text,
    "decimal": conversions.decimal,
}
"""The filters of this module."""
JINJAS = (
    *("default", "first", "join", "last", "length", "list", "lower", "map"),
    *("reject", "rejectattr", "select", "selectattr", "sort", "trim", "unique", "upper"),
)
"""The filters of Jinja that there are, too."""
LAZY = frozenset({"default", "length", "list"})
"""Filters that have a meaning for what is missing."""


def _environment() -> _Environment:
    # Blocks and comments begin with characters that no YAML file has.
    made = _Environment(
        variable_start_string="${",
        variable_end_string="}",
        block_start_string="\0{",
        block_end_string="}\0",
        comment_start_string="\0(",
        comment_end_string=")\0",
        undefined=ChainableUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.globals.clear()
    given = made.filters
    # `map` and `select` name another filter or test: they see this table, not the whole one.
    filters = {name: given[name] for name in JINJAS} | OWN
    made.filters = {name: one if name in LAZY else _unless_missing(one) for name, one in filters.items()}
    return made


ENVIRONMENT = _environment()
