"""What is wrong with a rule group that is a document, with the path of the field: `rules[3].expr: ...`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec

from vedette.errors import BadData
from vedette.promql.ast import ValueType
from vedette.promql.check import value_type
from vedette.promql.parser import parse
from vedette.rules.compiled import GROUP, CompiledGroup, Defaults, Tell, compile_group
from vedette.rules.document import Rule, RuleGroup

T = TypeVar("T")


def read_group(spec: Mapping[str, Any]) -> RuleGroup:
    """The content of a document as a rule group. Raises BadData with the field that is wrong."""
    return _converted(spec, RuleGroup)


def read_rule(spec: Mapping[str, Any]) -> Rule:
    """One rule. Raises BadData with the field that is wrong."""
    return _converted(spec, Rule)


def check_group(spec: Mapping[str, Any]) -> None:
    """Raises BadData for what is no rule group."""
    compile_document("", "", spec, Defaults())


def compile_document(
    document: str, name: str, spec: Mapping[str, Any], defaults: Defaults, project: str = "default"
) -> CompiledGroup:
    """A document's group. Raises BadData with the first field that is wrong."""
    group = read_group(spec)

    def complain(number: int, field: str, message: str) -> None:
        raise BadData(f"{field}: {message}" if number == GROUP else f"rules[{number}].{field}: {message}")

    key = f"{project}/{document}"
    compiled = compile_group(name, group, complain, defaults, project=project, key=key, document=document)
    for number, rule in enumerate(group.rules):
        check_types(rule, partial(complain, number))
    return compiled


def check_types(rule: Rule, tell: Tell) -> None:
    """What files may say and fails whenever it is evaluated, forms are told of at once."""
    for field, text in (("expr", rule.expr), ("keep_firing_while", rule.keep_firing_while)):
        kind = value_type(parse(text)) if text else ValueType.VECTOR
        if kind not in (ValueType.VECTOR, ValueType.SCALAR):
            tell(field, f"rules need an instant vector or a scalar, not a {kind.value}")


def _converted(spec: Mapping[str, Any], shape: type[T]) -> T:
    try:
        return msgspec.convert(spec, shape)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        where = path.rstrip("`").removeprefix(".")
        raise BadData(f"{where}: {what}" if where else f"the rules: {what}") from None
    except RecursionError:
        raise BadData("condition: nested too deeply") from None
