"""Grafana's units as ours: those of web/src/data/units.ts, or a text that is put behind the number."""

from __future__ import annotations

from typing import Final

from vedette.dashboards.grafana.source import clipped

_UNITS: Final = {
    "": "",
    "short": "number",
    "none": "number",
    "locale": "number",
    "sishort": "number",
    "string": "",
    "percent": "percent",
    "percentunit": "ratio",
    "bytes": "bytes",
    "decbytes": "bytes",
    "bits": "bits",
    "decbits": "bits",
    "Bps": "bytes/s",
    "binBps": "bytes/s",
    "bps": "bits/s",
    "binbps": "bits/s",
    "s": "s",
    "ms": "ms",
    "µs": "us",
    "ns": "ns",
    "dtdurations": "duration",
    "clocks": "duration",
    "dateTimeAsIso": "date",
    "dateTimeAsSystem": "date",
    "dateTimeAsUS": "date",
    "dateTimeFromNow": "date",
    "hertz": "Hz",
    "watt": "W",
    "watth": "Wh",
    "volt": "V",
    "amp": "A",
    "celsius": "°C",
    "fahrenheit": "°F",
    "m": "min",
    "h": "h",
    "d": "d",
}
_RATES: Final = {
    "ops": "ops/s",
    "reqps": "req/s",
    "rps": "reads/s",
    "wps": "writes/s",
    "iops": "io/s",
    "pps": "packets/s",
    "cps": "/s",
    "eps": "events/s",
    "mps": "messages/s",
    "recps": "records/s",
    "rowsps": "rows/s",
    "opm": "/min",
    "cpm": "/min",
    "rpm": "/min",
    "wpm": "/min",
}
_DATA: Final = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_MOMENTS_MS: Final = ("dateTimeAsIso", "dateTimeAsSystem", "dateTimeAsUS", "dateTimeFromNow")
_BOOLEANS: Final = {"bool": ("True", "False"), "bool_yes_no": ("Yes", "No"), "bool_on_off": ("On", "Off")}


def unit_of(grafana: str) -> tuple[str, str]:
    """Ours, and what changes by that; empty: nothing."""
    if grafana in _MOMENTS_MS:
        return "date", "moments are read as seconds since 1970, Grafana takes milliseconds"
    if grafana in _UNITS:
        return _UNITS[grafana], ""
    if grafana in _RATES:
        return _RATES[grafana], ""
    if grafana.startswith("currency"):
        return grafana.removeprefix("currency")[:10], ""
    for prefix in ("suffix:", "prefix:", "si:"):
        if grafana.startswith(prefix):
            return clipped(grafana.removeprefix(prefix)), "" if prefix == "suffix:" else "it is put behind the number"
    if scaled := _scaled(grafana):
        return scaled, "numbers keep this unit and are not scaled"
    return clipped(grafana), ""


def booleans_of(grafana: str) -> tuple[str, str] | None:
    """Words for 1 and 0, where the unit means those."""
    return _BOOLEANS.get(grafana)


def _scaled(grafana: str) -> str:
    """Units that begin with a multiple: `mbytes`, `deckbytes`, `KBs`, `MiBs`."""
    name = grafana.removeprefix("dec")
    if name[1:] in ("bytes", "bits") and name[0] in _DATA:
        ours = name[0].upper() if name[0] != "k" else "k"
        kind = "B" if name[1:] == "bytes" else "bit"
        return f"{ours}{'' if name != grafana else 'i'}{kind}"
    if grafana.endswith("Bs") and len(grafana) in (3, 4) and grafana[0] in "KMGTP":
        return grafana[:-1] + "/s"
    if grafana in ("dtdurationms", "clockms"):
        return "ms"
    return ""
