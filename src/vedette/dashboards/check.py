"""What is wrong with a dashboard, if anything, with the path of the field: `widgets[3].place.w: ...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from vedette.dashboards.document import COLUMNS, Dashboard, Link
from vedette.errors import BadData
from vedette.model.duration import parse_duration_ms

_PATH: Final = re.compile(r"(?P<what>.*) - at `(?:key in )?\$\.?(?P<path>.*?)(?:\[\.\.\.\])?`", re.DOTALL)
_SCHEME: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]*")
_MAX_SHOWN: Final = 100


def read_dashboard(spec: Mapping[str, Any]) -> Dashboard:
    """The content of a document as a dashboard. Raises BadData with the field that is wrong."""
    try:
        dashboard = msgspec.convert(spec, Dashboard)
    except msgspec.ValidationError as error:
        raise BadData(_with_path(str(error))) from None
    _check_names(dashboard)
    _check_settings(dashboard)
    for place, link in _links(dashboard):
        _check_link(place, link)
    return dashboard


def check_dashboard(spec: Mapping[str, Any]) -> None:
    """Raises BadData for what is no dashboard."""
    read_dashboard(spec)


def as_spec(dashboard: Dashboard) -> dict[str, Any]:
    """What the catalog keeps of a dashboard; defaults are left out."""
    spec: dict[str, Any] = msgspec.to_builtins(dashboard)
    for part in (spec, *spec.get("widgets", ())):
        for name in ("time", "format"):
            # Structs within structs are written even where all of their fields are left out.
            if part.get(name) == {}:
                del part[name]
    return spec


def _with_path(message: str) -> str:
    match = _PATH.fullmatch(message)
    if match is None or not match["path"]:
        return f"the dashboard: {match['what'] if match else message}"
    return f"{match['path']}: {match['what']}"


def _check_names(dashboard: Dashboard) -> None:
    sections = _unique("sections", "id", (section.id for section in dashboard.sections))
    _unique("variables", "name", (variable.name for variable in dashboard.variables))
    _unique("widgets", "id", (widget.id for widget in dashboard.widgets))
    for number, widget in enumerate(dashboard.widgets):
        where = f"widgets[{number}]"
        _unique(f"{where}.queries", "ref", (query.ref for query in widget.queries))
        if widget.section and widget.section not in sections:
            raise BadData(f"{where}.section: there is no section with id {widget.section[:_MAX_SHOWN]!r}")
        place = widget.place
        if place.x + place.w > COLUMNS:
            raise BadData(f"{where}.place: x {place.x} and w {place.w} end at column {place.x + place.w} of {COLUMNS}")


def _check_settings(dashboard: Dashboard) -> None:
    if dashboard.refresh not in ("live", "off"):
        try:
            parse_duration_ms(dashboard.refresh)
        except BadData as error:
            raise BadData(f"refresh: expected live, off or a duration: {error.message}") from None
    for name, text in (("shift", dashboard.shift), ("compare", dashboard.compare)):
        if text in ("", "previous" if name == "compare" else ""):
            continue
        try:
            parse_duration_ms(text)
        except BadData as error:
            raise BadData(f"{name}: {error.message}") from None
    if not _ZONE.fullmatch(dashboard.timezone):
        raise BadData(f"timezone: {dashboard.timezone[:_MAX_SHOWN]!r} is no name of a time zone")


def _unique(where: str, what: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            raise BadData(f"{where}[{number}].{what}: there is another with {name[:_MAX_SHOWN]!r}")
        seen.add(name)
    return seen


def _links(dashboard: Dashboard) -> Iterable[tuple[str, Link]]:
    for number, link in enumerate(dashboard.links):
        yield f"links[{number}]", link
    for index, widget in enumerate(dashboard.widgets):
        for number, link in enumerate(widget.links):
            yield f"widgets[{index}].links[{number}]", link


def _check_link(where: str, link: Link) -> None:
    """An address that would run a script, such as `javascript:`, is none."""
    if bool(link.url) == bool(link.dashboard):
        raise BadData(f"{where}: a link has either an url or a dashboard")
    if not is_safe_address(link.url):
        raise BadData(f"{where}.url: addresses begin with http:, https:, mailto:, / or a variable")


def is_safe_address(url: str) -> bool:
    """Whether following a link can only open another page."""
    # Browsers pass over control characters within a scheme.
    scheme = _SCHEME.match(re.sub(r"[\x00-\x20]", "", url))
    return scheme is None or scheme[1].lower() in _SCHEMES
