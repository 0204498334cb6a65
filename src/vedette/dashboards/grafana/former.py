"""Panels of former versions as those of today: what Grafana itself makes of `graph`, `singlestat` and `table-old`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, items, number, part, parts, text, to_number, truth

_REDUCERS: Final = {"avg": "mean", "current": "lastNotNull", "total": "sum", "name": "last", "range": "range"}


def modern(panel: Json, account: Account) -> Json:
    """The panel in today's form; one that has it already comes back as it is."""
    convert = _FORMER.get(text(panel, "type"))
    if text(panel, "type") == "table" and "styles" in panel and "fieldConfig" not in panel:
        convert = _table
    return convert(panel, account) if convert is not None else panel


def _graph(panel: Json, account: Account) -> Json:
    axes = parts(panel, "yaxes")
    left = axes[0] if axes else {}
    mode = text(part(panel, "xaxis"), "mode")
    if mode in ("histogram", "series"):
        account.changed("x axis", f"the mode {mode} of a graph becomes a chart over time")
    stacked = "none" if not truth(panel, "stack") else "percent" if truth(panel, "percentage") else "normal"
    custom: dict[str, Any] = {
        "drawStyle": "bars" if truth(panel, "bars") else "line" if panel.get("lines", True) else "points",
        "lineWidth": panel.get("linewidth", 1),
        "fillOpacity": (number(panel, "fill") or 0) * 10,
        "lineInterpolation": "stepAfter" if truth(panel, "steppedLine") else "linear",
        "spanNulls": text(panel, "nullPointMode") == "connected",
        "stacking": {"mode": stacked},
        **_axis(left),
    }
    defaults: dict[str, Any] = {"custom": custom, "unit": text(left, "format"), **_bounds(left)}
    if text(panel, "nullPointMode") == "null as zero":
        custom["spanNulls"] = "zero"
    if number(panel, "decimals") is not None:
        defaults["decimals"] = panel["decimals"]
    steps, style = _graph_thresholds(panel)
    if steps:
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
        custom["thresholdsStyle"] = {"mode": style}
    overrides = _alias_colors(panel) + _series_overrides(panel, axes[1] if len(axes) > 1 else {}, account)
    return {
        **panel,
        "type": "timeseries",
        "fieldConfig": {"defaults": defaults, "overrides": overrides},
        "options": {"legend": _legend(part(panel, "legend"))},
    }


def _axis(axis: Json) -> dict[str, Any]:
    base = number(axis, "logBase") or 1
    found: dict[str, Any] = {"axisLabel": text(axis, "label")}
    if base > 1:
        found["scaleDistribution"] = {"type": "log", "log": base}
    if axis.get("show") is False:
        found["axisPlacement"] = "hidden"
    return found


def _bounds(axis: Json) -> dict[str, Any]:
    return {name: axis[name] for name in ("min", "max") if number(axis, name) is not None}


def _graph_thresholds(panel: Json) -> tuple[list[dict[str, Any]], str]:
    colors = {"critical": "red", "warning": "orange", "ok": "green"}
    steps: list[dict[str, Any]] = []
    style = "off"
    for threshold in parts(panel, "thresholds"):
        if (value := number(threshold, "value")) is None:
            continue
        color = colors.get(text(threshold, "colorMode")) or text(threshold, "fillColor", "red")
        if text(threshold, "op", "gt") == "lt":
            steps = [{"value": None, "color": color}, *steps[1:], {"value": value, "color": "transparent"}]
        else:
            steps = [*(steps or [{"value": None, "color": "transparent"}]), {"value": value, "color": color}]
        style = "line" if truth(threshold, "line") else "area"
    return steps, style


def _alias_colors(panel: Json) -> list[Json]:
    return [
        _override("byName", name, [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}])
        for name, color in part(panel, "aliasColors").items()
        if isinstance(color, str)
    ]


def _series_overrides(panel: Json, right: Json, account: Account) -> list[Json]:
    found: list[Json] = []
    for override in parts(panel, "seriesOverrides"):
        alias = text(override, "alias")
        regex = alias.startswith("/") and len(alias) > 1
        properties = _override_properties(override, right, account)
        if alias and properties:
            found.append(_override("byRegexp" if regex else "byName", alias, properties))
    return found


def _override_properties(override: Json, right: Json, account: Account) -> list[Json]:
    found: list[Json] = []
    for name, value in override.items():
        if name in _OVERRIDES:
            found += _OVERRIDES[name](value, right)
        elif name not in _PASSED_OVER:
            account.left(f"series override {name}", "there is nothing like it")
    return found


def _right_axis(value: Any, right: Json) -> list[Json]:
    if to_number(value) != _RIGHT:
        return []
    placed = {"id": "custom.axisPlacement", "value": "right"}
    unit = {"id": "unit", "value": text(right, "format")}
    return [placed, unit, *({"id": bound, "value": limit} for bound, limit in _bounds(right).items())]


def _shape(name: str) -> Callable[[Any, Json], list[Json]]:
    return lambda value, _right: [{"id": "custom.drawStyle", "value": name}] if value is True else []


_RIGHT: Final = 2
_PASSED_OVER: Final = frozenset(
    [
        "alias",
        "$$hashKey",
        "steppedLine",
        "zindex",
        "legend",
        "hideTooltip",
        "pointradius",
        "dashLength",
        "spaceLength",
        "spaceWidth",
        "nullPointMode",
    ]
)
_OVERRIDES: Final[dict[str, Callable[[Any, Json], list[Json]]]] = {
    "color": lambda value, _: [{"id": "color", "value": {"mode": "fixed", "fixedColor": value}}],
    "yaxis": _right_axis,
    "fill": lambda value, _: [{"id": "custom.fillOpacity", "value": (to_number(value) or 0) * 10}],
    "linewidth": lambda value, _: [{"id": "custom.lineWidth", "value": value}],
    "bars": _shape("bars"),
    "points": _shape("points"),
    "lines": lambda value, _: [{"id": "custom.lineWidth", "value": 0}] if value is False else [],
    "stack": lambda value, _: [{"id": "custom.stacking", "value": {"mode": "none" if value is False else "normal"}}],
    "hiddenSeries": lambda value, _: [{"id": "custom.hideFrom", "value": {"viz": True}}] if value is True else [],
    "transform": lambda value, _: [{"id": "custom.transform", "value": value}],
    "dashes": lambda value, _: [{"id": "custom.lineStyle", "value": {"fill": "dash"}}] if value is True else [],
}


def _legend(legend: Json) -> dict[str, Any]:
    calcs = [
        {"avg": "mean", "current": "lastNotNull", "total": "sum"}.get(name, name)
        for name in ("min", "max", "avg", "current", "total")
        if truth(legend, name)
    ]
    table = truth(legend, "alignAsTable")
    return {
        "showLegend": legend.get("show", True) is not False,
        "displayMode": "table" if table else "list",
        "placement": "right" if truth(legend, "rightSide") else "bottom",
        "calcs": calcs,
    }


def _singlestat(panel: Json, _account: Account) -> Json:
    gauge = part(panel, "gauge")
    is_gauge = truth(gauge, "show")
    reducer = text(panel, "valueName", "avg")
    defaults: dict[str, Any] = {"unit": text(panel, "format"), "mappings": items(panel, "mappings")}
    if not defaults["mappings"]:
        defaults["mappings"] = _value_maps(panel)
    if number(panel, "decimals") is not None:
        defaults["decimals"] = panel["decimals"]
    if is_gauge:
        defaults |= {"min": gauge.get("minValue", 0), "max": gauge.get("maxValue", 100)}
    limits = [to_number(limit.strip()) for limit in text(panel, "thresholds").split(",") if limit.strip()]
    colors = [color for color in items(panel, "colors") if isinstance(color, str)]
    if limits and colors:
        values = [None, *limits]
        pairs = zip(values, colors, strict=False)
        defaults["thresholds"] = {
            "mode": "absolute",
            "steps": [{"value": value, "color": color} for value, color in pairs],
        }
    colored = "background" if truth(panel, "colorBackground") else "value" if truth(panel, "colorValue") else "none"
    before, after = text(panel, "prefix"), text(panel, "postfix")
    if after and text(panel, "format", "none") in ("none", "short"):
        defaults["unit"] = f"suffix:{after}"
    return {
        **panel,
        "type": "gauge" if is_gauge else "stat",
        "title": text(panel, "title") or before.strip(),
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {
            "colorMode": colored,
            "graphMode": "area" if truth(part(panel, "sparkline"), "show") else "none",
            "reduceOptions": {"calcs": [_REDUCERS.get(reducer, reducer)]},
        },
    }


def _value_maps(panel: Json) -> list[Json]:
    if number(panel, "mappingType") == 2:
        return [{"type": 2, **entry} for entry in parts(panel, "rangeMaps")]
    return [{"type": 1, **entry} for entry in parts(panel, "valueMaps")]


def _table(panel: Json, account: Account) -> Json:
    overrides: list[Json] = []
    for style in parts(panel, "styles"):
        pattern = text(style, "pattern")
        properties: list[dict[str, Any]] = []
        if alias := text(style, "alias"):
            properties.append({"id": "displayName", "value": alias})
        if text(style, "type") == "hidden":
            properties.append({"id": "custom.hidden", "value": True})
        if text(style, "type") == "number" and text(style, "unit"):
            properties.append({"id": "unit", "value": text(style, "unit")})
            properties.append({"id": "decimals", "value": style.get("decimals")})
        if truth(style, "link"):
            link = {"title": text(style, "linkTooltip") or alias or pattern, "url": text(style, "linkUrl")}
            properties.append({"id": "links", "value": [link]})
        if text(style, "colorMode") and items(style, "thresholds"):
            properties.append({"id": "thresholds", "value": {"steps": _style_thresholds(style)}})
        if pattern and properties:
            overrides.append(_override("byRegexp" if pattern.startswith("/") else "byName", pattern, properties))
    mode = text(panel, "transform")
    if mode not in ("", "table", "timeseries_aggregations", "timeseries_to_columns", "timeseries_to_rows"):
        account.left(f"table of {mode}", "there is nothing like it")
    return {**panel, "type": "table", "fieldConfig": {"defaults": {}, "overrides": overrides}, "options": {}}


def _style_thresholds(style: Json) -> list[Json]:
    limits = [None, *(to_number(limit) for limit in items(style, "thresholds"))]
    colors = [color for color in items(style, "colors") if isinstance(color, str)]
    return [{"value": limit, "color": color} for limit, color in zip(limits, colors, strict=False)]


def _override(by: str, match: str, properties: list[Any]) -> Json:
    return {"matcher": {"id": by, "options": match}, "properties": properties}


_FORMER: Final[dict[str, Callable[[Json, Account], Json]]] = {
    "graph": _graph,
    "singlestat": _singlestat,
    "table-old": _table,
}
