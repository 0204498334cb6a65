"""Variables of a Grafana dashboard as ours."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from vedette.dashboards.document import Variable
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.queries import Sources
from vedette.dashboards.grafana.source import Json, clipped, items, number, part, parts, text, truth

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_LABEL_VALUES: Final = re.compile(
    r"\s*label_values\s*\((?:(?P<selector>.*),)?\s*(?P<label>[^,(){}]+?)\s*\)\s*", re.DOTALL
)
_METRICS: Final = re.compile(r"\s*metrics\s*\((?P<regex>.*)\)\s*", re.DOTALL)
_RESULT: Final = re.compile(r"\s*query_result\s*\((?P<promql>.*)\)\s*", re.DOTALL)
_ONE_LABEL: Final = re.compile(r'(?:\.\*)?[{,]?(?P<label>\w+)=\\?"\((?:\[\^\\?"\][*+]|\.[*+])\)?\)?(?:\\?".*)?')
_THE_VALUE: Final = re.compile(r" \(\[0-9\\?\.\]\+\)")
_COMMA: Final = re.compile(r"(?<!\\),")
_LONGEST: Final = 20_000
_MAX_VALUES: Final = 10_000
MAX_VARIABLES: Final = 50
_SORTS: Final[dict[int, Literal["none", "text", "number", "natural"]]] = {
    0: "none",
    1: "text",
    2: "text",
    3: "number",
    4: "number",
    5: "text",
    6: "text",
    7: "natural",
    8: "natural",
}
_FALLING: Final = (2, 4, 6, 8)


def variables_of(dashboard: Json, sources: Sources, account: Account) -> list[Variable]:
    """In their order, which is also that in which they depend on each other."""
    found: list[Variable] = []
    names: set[str] = set()
    for entry in parts(dashboard, "templating", "list"):
        name = text(entry, "name")
        what = f"variable {name[:60]}"
        if not _NAME.fullmatch(name):
            account.left(what, "names have letters, digits and _, and begin with no digit")
        elif name in names:
            account.left(what, "there are two with this name")
        elif len(found) >= MAX_VARIABLES:
            account.left(what, f"a dashboard has at most {MAX_VARIABLES}")
        else:
            variable = _variable(entry, what, sources, account)
            if variable is not None:
                names.add(name)
                found.append(variable)
    return found


def _variable(entry: Json, what: str, sources: Sources, account: Account) -> Variable | None:
    kind = text(entry, "type")
    variable = Variable(
        name=text(entry, "name"),
        label=clipped(text(entry, "label")),
        description=clipped(text(entry, "description")),
        hide=_hide(entry),
        multi=truth(entry, "multi"),
        with_all=truth(entry, "includeAll"),
        all_value=clipped(text(entry, "allValue")),
        default=_current(entry),
    )
    if kind == "query":
        return _query(variable, entry, what, sources, account)
    variable.sort = "none"
    if kind == "custom":
        variable.kind = "custom"
        variable.values = _choices(_query_text(entry))
    elif kind == "interval":
        variable.kind = "interval"
        variable.values = _choices(_query_text(entry))
        variable.default = [value for value in variable.default if not value.startswith("$__auto")]
        if truth(entry, "auto"):
            account.changed(what, "`auto` is not among its values: $__interval follows the width by itself")
    elif kind == "textbox":
        variable.kind = "text"
        variable.default = variable.default or [clipped(_query_text(entry))]
    elif kind == "constant":
        variable.kind = "constant"
        variable.default = [clipped(_query_text(entry))]
        variable.hide = "all"
    elif kind == "adhoc":
        return _adhoc(variable, entry)
    elif kind == "datasource":
        account.changed(what, "there is one source of data here")
        return None
    else:
        account.left(what, f"variables of kind {kind[:30] or 'unknown'} have no counterpart")
        return None
    return variable


def _query(variable: Variable, entry: Json, what: str, sources: Sources, account: Account) -> Variable | None:
    source = sources.kind_of(entry.get("datasource"))
    promql = _query_text(entry)
    if len(promql) > _LONGEST:
        account.left(what, f"its question is longer than {_LONGEST} characters")
        return None
    variable.refresh = "time" if number(entry, "refresh") == 2 else "load"
    order = int(number(entry, "sort") or 0)
    variable.sort = _SORTS.get(order, "natural")
    if order in _FALLING:
        account.changed(what, "its values are in rising order")
    variable.regex = _regex(text(entry, "regex"))
    if match := _LABEL_VALUES.fullmatch(promql):
        variable.query = (match["selector"] or "").strip()[:_LONGEST]
        variable.of_label = clipped(match["label"].strip("\"'"))
        return variable
    if match := _METRICS.fullmatch(promql):
        escaped = match["regex"].strip().replace("\\", "\\\\").replace('"', '\\"')
        variable.query = f'{{__name__=~".*{escaped}.*"}}'[:_LONGEST]
        variable.of_label = "__name__"
        return variable
    if match := _RESULT.fullmatch(promql):
        return _of_result(variable, match["promql"].strip(), what, account)
    return _stuck(variable, entry, what, source, account)


def _of_result(variable: Variable, promql: str, what: str, account: Account) -> Variable:
    variable.kind = "query"
    variable.query = promql[:_LONGEST]
    if match := _ONE_LABEL.fullmatch(variable.regex):
        variable.of_label, variable.regex = match["label"], ""
    elif _THE_VALUE.fullmatch(variable.regex):
        variable.regex = ""
    elif variable.regex:
        account.changed(what, "its regular expression was written for a whole line of an answer")
    return variable


def _stuck(variable: Variable, entry: Json, what: str, source: str, account: Account) -> Variable:
    """Where the values cannot be asked for, those that Grafana last saw are offered."""
    known = [text(option, "value") for option in parts(entry, "options")]
    known = [clipped(value) for value in known if value and not value.startswith("$__")][:_MAX_VALUES]
    variable.kind, variable.sort, variable.regex = "custom", "none", ""
    variable.values = [_escaped(value) for value in known or variable.default]
    asked = f"a question to {source}" if source and not source.startswith("prometheus") else "its question"
    account.changed(what, f"{asked} cannot be asked here: it offers the values that were known")
    return variable


def _adhoc(variable: Variable, entry: Json) -> Variable:
    variable.kind = "adhoc"
    filters = parts(entry, "filters")
    variable.default = [
        clipped(f"{text(given, 'key')}{text(given, 'operator', '=')}{text(given, 'value')}")
        for given in filters
        if text(given, "operator", "=") in ("=", "!=", "=~", "!~") and text(given, "key")
    ]
    return variable


def _query_text(entry: Json) -> str:
    query: Any = entry.get("query")
    if isinstance(query, dict):
        return text(query, "query") or text(query, "expr")
    return query if isinstance(query, str) else text(entry, "definition")


def _choices(written: str) -> list[str]:
    values = (value.strip().replace("\\,", ",") for value in _COMMA.split(written))
    return [clipped(value) for value in values if value][:_MAX_VALUES]


def _escaped(value: str) -> str:
    """A value that has no text of its own, though it looks so."""
    return f"{value} : {value}" if " : " in value else value


def _current(entry: Json) -> list[str]:
    current: Any = part(entry, "current").get("value")
    values = items({"it": current}, "it") if isinstance(current, list) else [current]
    shown = [clipped(value) for value in values if isinstance(value, str) and value]
    return [value for value in shown if value != "$__all"][:_MAX_VALUES]


def _hide(entry: Json) -> Literal["no", "label", "all"]:
    hidden = number(entry, "hide")
    return "label" if hidden == 1 else "all" if hidden == 2 else "no"


def _regex(written: str) -> str:
    bare = written.strip()
    return bare[1:-1][:1000] if len(bare) > 1 and bare.startswith("/") and bare.endswith("/") else bare[:1000]
