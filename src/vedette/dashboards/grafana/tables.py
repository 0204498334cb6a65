"""The columns of a table: names, order and what is hidden, as the options of our table and overrides by query."""

from __future__ import annotations

from typing import Final

from vedette.dashboards.document import FieldOptions, Override, Widget
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.fields import MAX_OVERRIDES
from vedette.dashboards.grafana.source import clipped
from vedette.dashboards.grafana.transformations import Columns, ref_of

_MAX_COLUMNS: Final = 200
_NO_LABELS: Final = frozenset({"Time", "Value", "Metric", "__name__"})


def shape_table(widget: Widget, columns: Columns, account: Account) -> None:
    """Write what the transformations and overrides say of columns into the widget."""
    _take_overrides(widget, columns)
    renamed = {shown: name for name, shown in columns.names.items()}
    hidden = {renamed.get(name, name) for name in columns.hidden}
    only = {renamed.get(name, name) for name in columns.only}
    labels: list[str] = []
    for name in dict.fromkeys([*columns.order, *columns.only, *columns.names]):
        ref = ref_of(name, widget.queries)
        if name in hidden or (only and name not in only):
            if ref:
                widget.overrides.append(Override("ref", clipped(ref), FieldOptions(hidden=True)))
        elif ref:
            if name in columns.names:
                widget.overrides.append(Override("ref", clipped(ref), FieldOptions(name=clipped(columns.names[name]))))
        elif name not in _NO_LABELS:
            labels.append(name)
    widget.overrides = widget.overrides[:MAX_OVERRIDES]
    if labels:
        widget.options["labels"] = labels[:_MAX_COLUMNS]
        names = [f"{name}={columns.names[name]}" for name in labels if columns.names.get(name, name) != name]
        if names:
            widget.options["names"] = [clipped(one) for one in names]
    elif any(name not in _NO_LABELS and not ref_of(name, widget.queries) for name in hidden):
        account.changed("columns", "of the labels those that differ are shown")
    if columns.sort:
        widget.options["sort"] = clipped(columns.sort)
        widget.options["ascending"] = not columns.falling


def _take_overrides(widget: Widget, columns: Columns) -> None:
    """Overrides by a column's name are of a query where it is one's, and else of a label."""
    kept: list[Override] = []
    shown = {new: old for old, new in columns.names.items()}
    for override in widget.overrides:
        name = shown.get(override.match, override.match)
        ref = ref_of(name, widget.queries) if override.by == "name" else ""
        if ref:
            kept.append(Override("ref", clipped(ref), override.options))
        elif override.by == "name":
            if override.options.name:
                columns.names[name] = override.options.name
            if override.options.hidden:
                columns.hidden.append(name)
            kept.append(override)
        else:
            kept.append(override)
    widget.overrides = [override for override in kept if override.options != FieldOptions()]
