"""Transformations of panels: what a table of ours does by itself or by its columns; all others are told."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, field

from vedette.dashboards.document import Query
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, items, number, part, parts, text, truth

_BY_ITSELF: Final = frozenset({"merge", "joinByField", "seriesToColumns", "labelsToFields", "joinByLabels"})
"""A table of ours has a row for each set of labels and a column for each query anyway."""
_VALUE: Final = "Value #"
_OPERATORS: Final = frozenset("+-*/%^")


class Columns(Struct):
    """How the columns of a table are shown, by Grafana's names of them: a label, or `Value #A` of a query."""

    order: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    """Where it is not empty: all others are hidden."""
    names: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    falling: bool = False
    reduce: str = ""


def columns_of(panel: Json, queries: list[Query], account: Account) -> Columns:
    """What the transformations come to; formulas are put behind the queries."""
    columns = Columns()
    for step in parts(panel, "transformations"):
        if truth(step, "disabled"):
            continue
        name, options = text(step, "id"), part(step, "options")
        if name == "organize":
            _organize(columns, options)
        elif name == "filterFieldsByName":
            _filter(columns, options, account)
        elif name == "sortBy":
            first = next(iter(parts(options, "sort") or parts(options, "fields")), {})
            columns.sort, columns.falling = text(first, "field"), truth(first, "desc")
        elif name == "reduce":
            columns.reduce = next((item for item in items(options, "reducers") if isinstance(item, str)), "")
        elif name == "calculateField":
            _calculate(options, queries, account)
        elif name not in _BY_ITSELF:
            account.left(f"transformation {name[:60]}", "there is nothing like it")
    return columns


def ref_of(column: str, queries: list[Query]) -> str:
    """The ref of the query whose values a column has; empty for a label."""
    if column.startswith(_VALUE):
        return column.removeprefix(_VALUE)
    return queries[0].ref if column == "Value" and queries else ""


def _organize(columns: Columns, options: Json) -> None:
    columns.hidden += [name for name, hidden in part(options, "excludeByName").items() if hidden is True]
    places = part(options, "indexByName")
    columns.order = sorted(places, key=lambda name: number(places, name) or 0)
    for name, shown in part(options, "renameByName").items():
        if isinstance(shown, str) and shown:
            columns.names[name] = shown
    columns.only += [name for name, shown in part(options, "includeByName").items() if shown is True]


def _filter(columns: Columns, options: Json, account: Account) -> None:
    names = [name for name in items(options, "include", "names") if isinstance(name, str)]
    if names:
        columns.only = names
    if text(part(options, "include"), "pattern") or part(options, "exclude"):
        account.left("transformation filterFieldsByName", "columns are not chosen by a pattern")


def _calculate(options: Json, queries: list[Query], account: Account) -> None:
    binary = part(options, "binary")
    operator = text(binary, "operator")
    left, right = (_operand(binary.get(side), queries) for side in ("left", "right"))
    free = next((name for name in "ZYXWV" if all(query.ref != name for query in queries)), "")
    if text(options, "mode") != "binary" or operator not in _OPERATORS or not left or not right or not free:
        account.left("transformation calculateField", "only arithmetic of two queries or numbers has a counterpart")
        return
    queries.append(
        Query(ref=free, text=f"{left} {operator} {right}", kind="formula", legend=text(options, "alias")[:200])
    )
    if truth(options, "replaceFields"):
        for query in queries[:-1]:
            query.hidden = True


def _operand(given: Any, queries: list[Query]) -> str:
    holder = {"it": given}
    matcher = part(holder, "it", "matcher")
    name = given if isinstance(given, str) else text(matcher, "options") or text(part(holder, "it"), "fixed")
    ref = ref_of(name, queries)
    if ref:
        return f"${ref}" if any(query.ref == ref for query in queries) else ""
    value = number({"it": name}, "it")
    return "" if value is None else name.strip()
