"""The log: structlog for us and for libraries that use the standard library's, as console lines or JSON on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog

from vedette.telemetry.settings import TelemetrySettings

_SECRET_NAMES = ("password", "authorization", "token", "secret", "credential", "cookie", "api_key")
_REDACTED = "<redacted>"


def redact_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of fields whose name says that they are secret."""
    for key in event:
        if any(name in key.lower() for name in _SECRET_NAMES):
            event[key] = _REDACTED
    return event


def configure_log(settings: TelemetrySettings, stream: TextIO | None = None) -> None:
    """Set up logging for the whole process; called once by the command line, again is harmless."""
    stream = stream or sys.stderr
    level = getattr(logging, settings.log_level.upper())
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not stream.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        redact_secrets,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_final(as_json, stream))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # A line for each request is what counters are for; what clients and migrations say by themselves is not asked for.
    for name in ("httpx", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _final(as_json: bool, stream: TextIO) -> list[structlog.types.Processor]:
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if as_json:
        return [
            strip,
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("event"),
            structlog.processors.JSONRenderer(serializer=_dump),
        ]
    # A traceback with the values of variables would show whatever is in them, keys and passwords, too.
    plain = structlog.dev.plain_traceback
    return [strip, structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]


def _dump(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
