"""A dashboard in Grafana's JSON as one of ours, with the account of what was taken, changed and left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from vedette.catalog.document_spec import MAX_NAME, MAX_TAG, MAX_TAGS
from vedette.dashboards.check import as_spec, read_dashboard
from vedette.dashboards.document import MAX_WIDGETS, Annotations, Dashboard, Section, TimeSpan, Widget
from vedette.dashboards.grafana.account import Account, Report
from vedette.dashboards.grafana.layout import Group, groups_of, places_of
from vedette.dashboards.grafana.links import dashboard_links
from vedette.dashboards.grafana.panels import Panels, repeat_of
from vedette.dashboards.grafana.queries import OTHER_SOURCES, Sources, mistake_in
from vedette.dashboards.grafana.source import Json, clipped, items, number, part, parts, text, truth
from vedette.dashboards.grafana.variables import variables_of
from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms

_MAX_SECTIONS: Final = 100
_MAX_ANNOTATIONS: Final = 50
_MAX_DESCRIPTION: Final = 100_000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,99}")
_MOMENT: Final = re.compile(r"now(?:-[0-9a-zA-Z.]+)?(?:/d)?|\d{1,15}")
_CROSSHAIRS: Final[dict[int, Literal["off", "line", "tooltip"]]] = {0: "off", 1: "line", 2: "tooltip"}


class Imported(Struct):
    """What has become of a Grafana dashboard."""

    name: str
    dashboard: Dashboard
    report: Report


def import_dashboard(given: Mapping[str, Any]) -> Imported:
    """`given` is a file that Grafana exported, or an answer of its API. Raises BadData for what is no dashboard."""
    source = _dashboard_in(given)
    account = Account()
    sources = Sources(source)
    groups = groups_of(source)
    everything = [panel for group in groups for panel in group.panels]
    panels = Panels(everything, sources, part(given, "__elements") or part(source, "__elements"), account)
    sections, widgets = _contents(groups, panels, account)
    dashboard = Dashboard(
        description=text(source, "description")[:_MAX_DESCRIPTION],
        tags=_tags(source),
        timezone=_timezone(source, account),
        time=_time(source, account),
        refresh=_refresh(source, account),
        crosshair=_CROSSHAIRS.get(int(number(source, "graphTooltip") or 0), "line"),
        variables=variables_of(source, sources, account),
        annotations=_annotations(source, sources, account),
        links=dashboard_links(source, account),
        sections=sections,
        widgets=widgets,
    )
    read_dashboard(as_spec(dashboard))
    name = _CONTROL.sub(" ", text(source, "title")).strip()[:MAX_NAME].strip()
    return Imported(name or "From Grafana", dashboard, account.report())


def _dashboard_in(given: Mapping[str, Any]) -> Json:
    source: Json = part(given, "dashboard") or (part(given, "spec") if "apiVersion" in given else given)
    if "elements" in source and "layout" in source:
        raise BadData("this is a dashboard of Grafana's schema v2: export it in the classic form")
    if "panels" not in source and "rows" not in source:
        raise BadData("this is no Grafana dashboard: it has neither panels nor rows")
    constants = {
        text(entry, "name"): text(entry, "value")
        for entry in parts(source, "__inputs")
        if text(entry, "type") == "constant" and text(entry, "name")
    }
    if not constants:
        return source
    written = msgspec.json.encode(source).decode()
    for name, value in constants.items():
        written = written.replace("${" + name + "}", msgspec.json.encode(value).decode()[1:-1])
    replaced: Json = msgspec.json.decode(written, type=dict[str, Any])
    return replaced


def _contents(groups: list[Group], panels: Panels, account: Account) -> tuple[list[Section], list[Widget]]:
    sections: list[Section] = []
    widgets: list[Widget] = []
    used: set[str] = set()
    for group in groups:
        shown = [panel for panel in group.panels if not text(panel, "repeatPanelId")]
        room = MAX_WIDGETS - len(widgets)
        if len(shown) > room:
            account.left("panels", f"a dashboard has at most {MAX_WIDGETS}: {len(shown) - room} more are not there")
            shown = shown[:room]
        section = _section(group, len(sections), shown, account)
        if section is not None:
            sections.append(section)
        inside = sections[-1].id if group.row is not None and sections else ""
        for panel, place in zip(shown, places_of(shown), strict=True):
            widgets.append(panels.widget_of(panel, _unique_id(panel, used), place, inside))
    return sections, widgets


def _section(group: Group, number_of: int, shown: list[Json], account: Account) -> Section | None:
    row = group.row
    if row is None or text(row, "repeatPanelId") or (not shown and not text(row, "title")):
        return None
    if number_of >= _MAX_SECTIONS:
        account.changed("rows", f"a dashboard has at most {_MAX_SECTIONS}: what is below stands in the last one")
        return None
    return Section(
        id=f"row-{number_of + 1}",
        title=clipped(text(row, "title")),
        collapsed=truth(row, "collapsed"),
        repeat=repeat_of(row),
    )


def _unique_id(panel: Json, used: set[str]) -> str:
    wanted = re.sub(r"[^A-Za-z0-9_-]", "", text(panel, "id"))[:40] or "new"
    found, again = f"panel-{wanted}", 1
    while found in used:
        again += 1
        found = f"panel-{wanted}-{again}"
    used.add(found)
    return found


def _tags(source: Json) -> list[str]:
    tags = (_CONTROL.sub(" ", tag).strip()[:MAX_TAG] for tag in items(source, "tags") if isinstance(tag, str))
    return list(dict.fromkeys(tag for tag in tags if tag))[:MAX_TAGS]


def _timezone(source: Json, account: Account) -> str:
    zone = text(source, "timezone")
    if zone in ("", "browser", "default"):
        return "browser"
    if not _ZONE.fullmatch(zone):
        account.left("timezone", f"{zone[:30]!r} is no name of one")
        return "browser"
    return zone


def _time(source: Json, account: Account) -> TimeSpan:
    time = part(source, "time")
    span = TimeSpan()
    start, end = text(time, "from", span.start), text(time, "to", span.end)
    if _MOMENT.fullmatch(start) and _MOMENT.fullmatch(end):
        return TimeSpan(start, end)
    if _CONTROL.sub("", f"{start} {end}") and _is_absolute(start) and _is_absolute(end):
        return TimeSpan(clipped(start), clipped(end))
    account.changed("time", f"{start[:30]!r} to {end[:30]!r} becomes the last hour")
    return span


def _is_absolute(moment: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d[T ][0-9:.]+Z?", moment) is not None


def _refresh(source: Json, account: Account) -> str:
    refresh = text(source, "refresh")
    if not refresh or refresh == "0":
        return "off"
    try:
        parse_duration_ms(refresh)
    except BadData:
        account.changed("refresh", f"{refresh[:30]!r} becomes live")
        return "live"
    return refresh


def _annotations(source: Json, sources: Sources, account: Account) -> list[Annotations]:
    found: list[Annotations] = []
    for entry in parts(source, "annotations", "list")[:_MAX_ANNOTATIONS]:
        what = f"annotations {text(entry, 'name')[:60]}"
        name, enabled = clipped(text(entry, "name") or "Annotations"), entry.get("enable") is not False
        kind = sources.kind_of(entry.get("datasource"))
        promql = text(entry, "expr") or text(part(entry, "target"), "expr")
        if number(entry, "builtIn") or kind in ("grafana", "-- grafana --"):
            found.append(Annotations(name=name, enabled=enabled, tags=_annotation_tags(entry)))
        elif promql and kind not in OTHER_SOURCES and len(promql) <= _MAX_QUERY and not mistake_in(promql):
            title = clipped(text(entry, "titleFormat"))
            words = clipped(text(entry, "textFormat"))
            found.append(Annotations(name=name, kind="query", query=promql, title=title, text=words, enabled=enabled))
            if text(entry, "useValueForTime") == "on" or truth(entry, "useValueForTime"):
                account.changed(what, "a mark stands where the answer is, not at the moment that is its value")
        else:
            account.left(what, f"a question to {kind} cannot be asked here" if kind else "its question is no PromQL")
    return found


_MAX_QUERY: Final = 20_000


def _annotation_tags(entry: Json) -> list[str]:
    tags = items(entry, "target", "tags") or items(entry, "tags")
    return [clipped(tag) for tag in tags if isinstance(tag, str)][:MAX_TAGS]
