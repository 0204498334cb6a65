"""Links of dashboards, panels and values; Grafana's names of the time, the variables and the value become ours."""

from __future__ import annotations

import re
from typing import Final

from vedette.dashboards.check import is_safe_address
from vedette.dashboards.document import Link
from vedette.dashboards.grafana.account import Account
from vedette.dashboards.grafana.source import Json, clipped, part, parts, text, truth

MAX_LINKS: Final = 20
_MAX_DASHBOARD_LINKS: Final = 50
_MAX_URL: Final = 4_000
_TIME: Final = re.compile(r"(?:\$\{__url_time_range\}|\$__url_time_range\b|from=\$\{?__from\}?&to=\$\{?__to\}?)")
_VARIABLES: Final = re.compile(r"\$\{__all_variables\}|\$__all_variables\b")
_OWN_PAGE: Final = re.compile(r"/?(?:grafana/)?(?:d|dashboard)/.*")
_RENAMED: Final = (
    (
        re.compile(r"\$\{__value(?:\.raw|\.numeric|\.text)?\}|\$__value\.raw|\$\{__cell(?:_0)?\}|\$__cell\b"),
        "${__value}",
    ),
    (re.compile(r"\$\{__(?:field|series)\.labels\.([A-Za-z0-9_]+)\}"), r"${__labels.\1}"),
    (re.compile(r"\$\{__field\.labels\[\"?([A-Za-z0-9_]+)\"?\]\}"), r"${__labels.\1}"),
    (re.compile(r"\$\{__data\.fields\[?\.?\"?'?([A-Za-z0-9_]+)'?\"?\]?(?:\.text)?\}"), r"${__labels.\1}"),
)
_UNKNOWN: Final = re.compile(r"\$\{?__(?!value\}|labels\.|from\b|to\b|org\b|interval|range)\w+")


def panel_links(panel: Json, account: Account) -> list[Link]:
    """Those of the panel, of its values and of those of some series."""
    config = part(panel, "fieldConfig")
    entries = parts(panel, "links") + parts(config, "defaults", "links") + parts(panel, "options", "dataLinks")
    for override in parts(config, "overrides"):
        for setting in parts(override, "properties"):
            if text(setting, "id") == "links" and parts(setting, "value"):
                account.changed("links of some series", "they are offered for all of the panel's series")
                entries += parts(setting, "value")
    found = [link for entry in entries if (link := _link(entry, account)) is not None]
    if len(found) > MAX_LINKS:
        account.left("links", f"{len(found)} are more than {MAX_LINKS}")
    return found[:MAX_LINKS]


def dashboard_links(dashboard: Json, account: Account) -> list[Link]:
    """Those above the panels."""
    found: list[Link] = []
    for entry in parts(dashboard, "links"):
        if text(entry, "type") == "dashboards":
            account.left(f"link {text(entry, 'title')[:60]}", "lists of dashboards by tag have no counterpart")
        elif (link := _link(entry, account)) is not None:
            found.append(link)
    return found[:_MAX_DASHBOARD_LINKS]


def _link(entry: Json, account: Account) -> Link | None:
    url = (text(entry, "url") or text(entry, "dashUri")).strip()
    title = text(entry, "title") or text(entry, "tooltip") or url
    what = f"link {title[:60]}"
    if not url or len(url) > _MAX_URL or not is_safe_address(url):
        account.left(what, "it has no address that a page may open")
        return None
    keeps_time = bool(_TIME.search(url)) or truth(entry, "keepTime")
    keeps_variables = bool(_VARIABLES.search(url)) or truth(entry, "includeVars")
    url = _VARIABLES.sub("", _TIME.sub("", url))
    for pattern, ours in _RENAMED:
        url = pattern.sub(ours, url)
    url = re.sub(r"&(?=&|$)", "", url).replace("?&", "?").rstrip("?&")
    if not url:
        url = "?"
    if match := _UNKNOWN.search(url):
        account.changed(what, f"{match[0].strip('${')} has no value here")
    if _OWN_PAGE.fullmatch(url):
        account.changed(what, "it leads to a page of Grafana: choose one of the dashboards here instead")
    return Link(
        title=clipped(title),
        url=url[:_MAX_URL],
        keeps_time=keeps_time,
        keeps_variables=keeps_variables,
        new_tab=truth(entry, "targetBlank"),
    )
