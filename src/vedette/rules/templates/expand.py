"""Expands templates: bounded in steps and output, with nothing within reach but the data it is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from vedette.errors import BadData, VedetteError
from vedette.rules.templates import tree
from vedette.rules.templates.functions import FUNCTIONS, NAMES, is_true
from vedette.rules.templates.parser import parse_template
from vedette.rules.templates.plain import MAX_OUTPUT, Part, plain_parts, text_of
from vedette.rules.templates.values import Root, Sample, go_text

MAX_STEPS: Final = 20_000
MAX_QUERIES: Final = 20
_ROOT: Final = ("$", "$labels", "$externalLabels", "$externalURL", "$value")
_FIXED_FIELDS: Final = frozenset(("Labels", "ExternalLabels", "ExternalURL"))
_FIXED_VARIABLES: Final = frozenset(("$labels", "$externalLabels", "$externalURL"))

Query = Callable[[str], list[Sample]]


def no_queries(_text: str) -> list[Sample]:
    """Where templates are only tried out."""
    return []


class Surroundings(Struct, frozen=True):
    """What is the same for all alerts of one evaluation."""

    time_ms: int = 0
    query: Query = no_queries
    external_labels: Mapping[str, str] = {}
    external_url: str = ""


class Template:
    """A text with actions, parsed once."""

    __slots__ = ("_constant", "_nodes", "_parts", "source", "uses_value")

    def __init__(self, source: str) -> None:
        """Raises BadData for what is no template."""
        self.source = source
        self._nodes: tuple[tree.Node, ...] = ()
        self._constant: str | None = source if "{{" not in source else None
        self._parts: list[Part] | None = None
        self.uses_value = False
        """Whether anything but the labels of a series may change what comes out."""
        if self._constant is None:
            self._nodes = parse_template(source, NAMES, _ROOT)
            self.uses_value = any(map(_varies, self._nodes))
            self._parts = plain_parts(self._nodes)

    @property
    def is_constant(self) -> bool:
        """Whether it has no actions."""
        return self._constant is not None

    def expand(self, labels: Mapping[str, str], value: float, around: Surroundings) -> str:
        """The text; what goes wrong stands in it, as in Prometheus, so that no alert is lost for it."""
        if self._constant is not None:
            return self._constant
        try:
            if self._parts is not None:
                return "".join([text_of(part, labels, value) for part in self._parts])
            return self.expand_strictly(labels, value, around)
        except VedetteError as error:
            return f"<error expanding template: {error.message}>"

    def expand_strictly(self, labels: Mapping[str, str], value: float, around: Surroundings) -> str:
        """The text. Raises BadData, and what a query raises."""
        root = Root(labels, around.external_labels, around.external_url, value)
        return _Expansion(root, around).whole(self._nodes, root)

    def fill(self, data: Mapping[str, Any]) -> str:
        """The text with `data` as its dot and nothing else within reach; for notifications. Raises BadData."""
        if self._constant is not None:
            return self._constant
        return _Expansion(Root({}, {}, "", math.nan), Surroundings()).whole(self._nodes, data)


class _Leaving(Exception):
    def __init__(self, *, is_break: bool) -> None:
        super().__init__()
        self.is_break = is_break


class _Expansion:
    def __init__(self, root: Root, around: Surroundings) -> None:
        self._around = around
        self._steps = 0
        self._size = 0
        self._queries = 0
        self._depth = 0
        self._out: list[str] = []
        self._templates: dict[str, tuple[tree.Node, ...]] = {}
        self._root = root
        self._functions: dict[str, Callable[..., Any]] = {
            **FUNCTIONS,
            "query": self._query,
            "now": lambda: around.time_ms / 1000,
            "externalURL": lambda: around.external_url,
            "pathPrefix": lambda: "",
            "tmpl": self._tmpl,
        }

    def whole(self, nodes: tuple[tree.Node, ...], dot: object) -> str:
        root = self._root
        variables: dict[str, object] = {
            "$": dot,
            "$labels": root.labels,
            "$externalLabels": root.external_labels,
            "$externalURL": root.external_url,
            "$value": root.value,
        }
        try:
            self._walk(nodes, dot, [variables])
        except RecursionError:
            raise BadData("nested too deeply") from None
        except _Leaving:
            raise BadData("break or continue outside range") from None
        return "".join(self._out)

    def _walk(self, nodes: tuple[tree.Node, ...], dot: object, scopes: list[dict[str, object]]) -> None:
        for node in nodes:
            if isinstance(node, tree.Define):
                self._templates[node.name] = node.body
        for node in nodes:
            self._step()
            match node:
                case tree.Text():
                    self._write(node.text)
                case tree.Print():
                    value = self._pipeline(node.pipeline, dot, scopes)
                    if not node.pipeline.names:
                        self._write(go_text(value))
                case tree.If() | tree.With():
                    inner = [*scopes, {}]
                    value = self._pipeline(node.pipeline, dot, inner)
                    if is_true(value):
                        self._walk(node.body, value if isinstance(node, tree.With) else dot, inner)
                    else:
                        self._walk(node.otherwise, dot, inner)
                case tree.Range():
                    self._range(node, dot, scopes)
                case tree.Leave():
                    raise _Leaving(is_break=node.is_break)
                case tree.Use():
                    given = None if node.pipeline is None else self._pipeline(node.pipeline, dot, scopes)
                    self._use(node.name, given)

    def _range(self, node: tree.Range, dot: object, scopes: list[dict[str, object]]) -> None:
        outer = [*scopes, {}]
        value = self._pipeline(node.pipeline, dot, outer)
        items: list[tuple[object, object]]
        match value:
            case list() | tuple():
                items = list(enumerate(value))
            case Mapping():
                items = [(key, value[key]) for key in sorted(value)]
            case int() if not isinstance(value, bool):
                items = [(place, place) for place in range(min(max(value, 0), MAX_STEPS + 1))]
            case None:
                items = []
            case _:
                raise BadData(f"range can't iterate over {go_text(value)[:100]}")
        names = node.pipeline.names
        for key, item in items:
            self._step()
            scope = dict(zip(names, (key, item) if len(names) == 2 else (item,), strict=bool(names)))
            try:
                self._walk(node.body, item, [*outer, scope])
            except _Leaving as leaving:
                if leaving.is_break:
                    break
        if not items:
            self._walk(node.otherwise, dot, outer)

    def _use(self, name: str, given: object) -> None:
        body = self._templates.get(name)
        if body is None:
            raise BadData(f"template {name[:100]!r} not defined")
        self._depth += 1
        if self._depth > 50:
            raise BadData("templates use each other too deeply")
        self._walk(body, given, [{"$": given}])
        self._depth -= 1

    def _tmpl(self, name: object, given: object = None) -> str:
        kept, self._out = self._out, []
        self._use(str(name), given)
        text, self._out = "".join(self._out), kept
        return text

    # Values.

    def _pipeline(self, pipeline: tree.Pipeline, dot: object, scopes: list[dict[str, object]]) -> object:
        value: object = None
        for place, command in enumerate(pipeline.commands):
            value = self._command(command, dot, scopes, (value,) if place else ())
        if pipeline.names and pipeline.is_new:
            if len(pipeline.names) == 1:
                scopes[-1][pipeline.names[0]] = value
        elif pipeline.names:
            name = pipeline.names[0]
            home = next((scope for scope in reversed(scopes) if name in scope), scopes[-1])
            home[name] = value
        return value

    def _command(
        self, command: tree.Command, dot: object, scopes: list[dict[str, object]], piped: tuple[object, ...]
    ) -> object:
        self._step()
        head, *rest = command.operands
        if isinstance(head, tree.Function):
            if head.name in ("and", "or"):
                return self._decide(head.name, rest, dot, scopes, piped)
            given = [self._operand(each, dot, scopes) for each in rest]
            return self._call(head.name, (*given, *piped))
        if rest or piped:
            raise BadData("can't give argument to non-function")
        return self._operand(head, dot, scopes)

    def _decide(
        self,
        name: str,
        rest: list[tree.Operand],
        dot: object,
        scopes: list[dict[str, object]],
        piped: tuple[object, ...],
    ) -> object:
        value: object = None
        if not rest and not piped:
            raise BadData(f"wrong number of args for {name}: want at least 1 got 0")
        for each in rest:
            value = self._operand(each, dot, scopes)
            if is_true(value) == (name == "or"):
                return value
        return piped[0] if piped else value

    def _operand(self, operand: tree.Operand, dot: object, scopes: list[dict[str, object]]) -> object:
        self._step()
        match operand:
            case tree.Literal():
                return operand.value
            case tree.Dot():
                return dot
            case tree.Variable():
                for scope in reversed(scopes):
                    if operand.name in scope:
                        return scope[operand.name]
                raise BadData(f"undefined variable {operand.name}")
            case tree.Field():
                return _field(self._operand(operand.operand, dot, scopes), operand.name)
            case tree.Function():
                return self._call(operand.name, ())
            case tree.Pipeline():
                return self._pipeline(operand, dot, [*scopes, {}])

    def _call(self, name: str, given: tuple[object, ...]) -> object:
        function = self._functions[name]
        try:
            value = function(*given)
        except TypeError:
            raise BadData(f"wrong number of args for {name}: got {len(given)}") from None
        except (ValueError, OverflowError) as error:
            raise BadData(f"error calling {name}: {error}") from None
        if isinstance(value, str) and len(value) > MAX_OUTPUT:
            raise BadData(f"{name} makes a text of more than {MAX_OUTPUT} characters")
        return value

    def _query(self, text: object) -> list[Sample]:
        if not isinstance(text, str):
            raise BadData("query: expected a text")
        self._queries += 1
        if self._queries > MAX_QUERIES:
            raise BadData(f"more than {MAX_QUERIES} queries")
        return self._around.query(text)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise BadData(f"more than {MAX_STEPS} steps")

    def _write(self, text: str) -> None:
        self._size += len(text)
        if self._size > MAX_OUTPUT:
            raise BadData(f"more than {MAX_OUTPUT} characters")
        self._out.append(text)


def _field(value: object, name: str) -> object:
    match value:
        case Root():
            fields: dict[str, object] = {
                "Labels": value.labels,
                "ExternalLabels": value.external_labels,
                "ExternalURL": value.external_url,
                "Value": value.value,
            }
            if name in fields:
                return fields[name]
        case Sample():
            if name in ("Labels", "Value"):
                return value.labels if name == "Labels" else value.value
        case Mapping():
            return value.get(name, "")
    raise BadData(f"can't evaluate field {name}")


def _varies(node: tree.Node) -> bool:
    match node:
        case tree.Text() | tree.Leave():
            return False
        case tree.Print():
            return _pipeline_varies(node.pipeline)
        case tree.If() | tree.With() | tree.Range():
            return _pipeline_varies(node.pipeline) or any(map(_varies, (*node.body, *node.otherwise)))
        case _:
            return True


def _pipeline_varies(pipeline: tree.Pipeline) -> bool:
    return any(_operand_varies(operand) for command in pipeline.commands for operand in command.operands)


def _operand_varies(operand: tree.Operand) -> bool:
    match operand:
        case tree.Literal():
            return False
        case tree.Variable():
            return operand.name not in _FIXED_VARIABLES
        case tree.Field(tree.Dot() | tree.Variable("$"), name):
            return name not in _FIXED_FIELDS
        case tree.Field():
            return _operand_varies(operand.operand)
        case tree.Function():
            return operand.name in ("query", "now", "tmpl")
        case tree.Pipeline():
            return _pipeline_varies(operand)
        case _:
            return True
