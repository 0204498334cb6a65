"""Templates that are texts with labels and values in them: most are, and need no interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from vedette.errors import BadData
from vedette.rules.templates import tree
from vedette.rules.templates.functions import FUNCTIONS
from vedette.rules.templates.values import go_text

MAX_OUTPUT: Final = 65_536
"""Characters of what one template makes."""


class Part(Struct, frozen=True):
    """A text, or a label or the value with functions of one argument over it."""

    text: str = ""
    label: str = ""
    is_value: bool = False
    functions: tuple[Callable[..., Any], ...] = ()


def plain_parts(nodes: tuple[tree.Node, ...]) -> list[Part] | None:
    """What such a template consists of; None for all others."""
    parts = []
    for node in nodes:
        if isinstance(node, tree.Text):
            parts.append(Part(node.text))
            continue
        part = _plain_part(node.pipeline) if isinstance(node, tree.Print) else None
        if part is None:
            return None
        parts.append(part)
    return parts


def _plain_part(pipeline: tree.Pipeline) -> Part | None:
    first, *rest = pipeline.commands
    if pipeline.names or len(first.operands) != 1:
        return None
    functions = []
    for command in rest:
        head = command.operands[0]
        if len(command.operands) != 1 or not isinstance(head, tree.Function) or head.name not in FUNCTIONS:
            return None
        functions.append(FUNCTIONS[head.name])
    match first.operands[0]:
        case tree.Variable("$value") | tree.Field(tree.Dot(), "Value"):
            return Part(is_value=True, functions=tuple(functions))
        case tree.Field(tree.Variable("$labels"), name) | tree.Field(tree.Field(tree.Dot(), "Labels"), name):
            return Part(label=name, functions=tuple(functions))
        case _:
            return None


def text_of(part: Part, labels: Mapping[str, str], value: float) -> str:
    """What comes of a part. Raises BadData."""
    if part.text:
        return part.text
    found: object = value if part.is_value else labels.get(part.label, "")
    try:
        for function in part.functions:
            found = function(found)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadData(f"error calling a function: {error}") from None
    text = go_text(found)
    if len(text) > MAX_OUTPUT:
        raise BadData(f"more than {MAX_OUTPUT} characters")
    return text
