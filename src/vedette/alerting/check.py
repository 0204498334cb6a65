"""What is wrong with a document about alerts, if anything, with the path of the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from vedette.alerting import document as kinds
from vedette.alerting.escalation import check_escalation
from vedette.alerting.inhibition import compile_rule
from vedette.alerting.mute_timings import compile_intervals
from vedette.alerting.routing import compile_route
from vedette.alerting.schedule import Rota
from vedette.alerting.silences import CompiledSilence
from vedette.errors import BadData

_PATH: Final = re.compile(r"(?P<what>.*) - at `(?:key in )?\$\.?(?P<path>.*?)(?:\[\.\.\.\])?`", re.DOTALL)
S = TypeVar("S", bound=msgspec.Struct)


def read(spec: Mapping[str, Any], shape: type[S]) -> S:
    """A document's content as its shape. Raises BadData with the field that is wrong."""
    try:
        return msgspec.convert(spec, shape)
    except msgspec.ValidationError as error:
        match = _PATH.fullmatch(str(error))
        if match is None or not match["path"]:
            raise BadData(f"the document: {match['what'] if match else error}") from None
        raise BadData(f"{match['path']}: {match['what']}") from None


def as_spec(document: msgspec.Struct) -> dict[str, Any]:
    """What the catalog keeps; defaults are left out."""
    spec: dict[str, Any] = msgspec.to_builtins(document)
    return spec


def check_route(spec: Mapping[str, Any]) -> None:
    """Raises BadData for what is no tree of routes."""
    compile_route("tree", read(spec, kinds.Route))


def check_inhibit_rule(spec: Mapping[str, Any]) -> None:
    """Raises BadData."""
    compile_rule(read(spec, kinds.InhibitRule))


def check_mute_timing(spec: Mapping[str, Any]) -> None:
    """Raises BadData."""
    compile_intervals(read(spec, kinds.MuteTiming).intervals, "intervals")


def check_silence(spec: Mapping[str, Any]) -> None:
    """Raises BadData."""
    CompiledSilence("", read(spec, kinds.Silence))


def check_schedule(spec: Mapping[str, Any]) -> None:
    """Raises BadData."""
    Rota(read(spec, kinds.Schedule))


def check_steps(spec: Mapping[str, Any]) -> None:
    """Raises BadData."""
    check_escalation(read(spec, kinds.Escalation))
