"""The audit log: who did what, when, from where and with what result. What is noted never holds a secret."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from vedette.auth.actor import Actor
from vedette.catalog import audit_log
from vedette.catalog.audit_log import AuditFilter
from vedette.catalog.database import Catalog
from vedette.catalog.records import AuditEntry
from vedette.clock import Clock
from vedette.errors import VedetteError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = structlog.get_logger(__name__)
OK: Final = "ok"
REFUSED: Final = "refused"
FAILED: Final = "failed"
MAX_WAITING: Final = 10_000
"""Lines that wait to be written; of what comes on top only the number is kept."""
_REPEAT_S: Final = 60.0
_MAX_TEXT: Final = 512


class Audit:
    """Writes and reads the log. Thread-safe; only `later` may be called from the event loop."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[AuditEntry] = []
        self._lost = 0
        self._recent: dict[tuple[str, ...], float] = {}

    def note(
        self,
        actor: Actor,
        action: str,
        *,
        object_kind: str = "",
        object_id: str = "",
        project: str = "",
        result: str = OK,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a line before anything else is done. `detail` is JSON without secrets. Raises Unavailable."""
        entry = self._entry(actor, action, object_kind, object_id, project, result, detail)
        with self._catalog.begin() as connection:
            audit_log.append(connection, [*self._take(), entry])

    def note_in(
        self,
        connection: Connection,
        actor: Actor,
        action: str,
        *,
        object_kind: str = "",
        object_id: str = "",
        project: str = "",
        result: str = OK,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a line within the transaction of what it is about: both or none."""
        entry = self._entry(actor, action, object_kind, object_id, project, result, detail)
        audit_log.append(connection, [entry])

    def later(
        self,
        actor: Actor,
        action: str,
        *,
        object_kind: str = "",
        object_id: str = "",
        project: str = "",
        result: str = OK,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a line within a second; no I/O now. The same of the same actor counts once a minute."""
        now_s = self._clock.monotonic_s()
        who = (actor.kind, actor.principal.id, actor.address)
        same = (*who, action, object_kind, object_id, project, result, str(detail))
        with self._lock:
            if now_s - self._recent.get(same, -_REPEAT_S) < _REPEAT_S:
                return
            if len(self._waiting) >= MAX_WAITING:
                self._lost += 1
                return
            self._remember(same, now_s)
            self._waiting.append(self._entry(actor, action, object_kind, object_id, project, result, detail))

    def flush(self) -> int:
        """Write what waits; how many lines. What cannot be written waits on. Raises Unavailable."""
        entries = self._take()
        if not entries:
            return 0
        try:
            with self._catalog.begin() as connection:
                audit_log.append(connection, entries)
        except VedetteError:
            with self._lock:
                self._waiting[:0] = entries
            raise
        return len(entries)

    def search(self, wanted: AuditFilter, limit: int = 100, before_seq: int = 0) -> list[AuditEntry]:
        """The newest lines that match, newest first; the next page has `before_seq` of the last of these."""
        self.flush()
        with self._catalog.read() as connection:
            return audit_log.search(connection, wanted, limit, before_seq)

    def export(self, wanted: AuditFilter, after_seq: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """The oldest lines that match, oldest first; the next page has `after_seq` of the last of these."""
        self.flush()
        with self._catalog.read() as connection:
            lines = audit_log.in_order(connection, wanted, after_seq)
            return [line for _, line in zip(range(limit), lines, strict=False)]

    def verify(self) -> list[str]:
        """What is wrong with the log, in words; empty: nothing."""
        self.flush()
        with self._catalog.read() as connection:
            return audit_log.verify(connection)

    def _take(self) -> list[AuditEntry]:
        with self._lock:
            entries, self._waiting = self._waiting, []
            lost, self._lost = self._lost, 0
        if lost:
            detail = {"lines": lost}
            entries.append(self._made("server", "", "server", "audit.lost", result=FAILED, detail=detail))
            _log.error("audit_lines_lost", lines=lost)
        return entries

    def _remember(self, same: tuple[str, ...], now_s: float) -> None:
        if len(self._recent) >= MAX_WAITING:
            self._recent = {key: at_s for key, at_s in self._recent.items() if now_s - at_s < _REPEAT_S}
        if len(self._recent) < MAX_WAITING:
            self._recent[same] = now_s

    def _entry(
        self,
        actor: Actor,
        action: str,
        object_kind: str,
        object_id: str,
        project: str,
        result: str,
        detail: Mapping[str, Any] | None,
    ) -> AuditEntry:
        return self._made(
            actor.kind,
            actor.principal.id,
            actor.principal.name,
            action,
            object_kind=object_kind,
            object_id=_plain(object_id),
            project=_plain(project),
            address=_plain(actor.address),
            result=result,
            detail=_plain_json(detail or {}),
            request_id=_plain(actor.request_id),
        )

    def _made(self, actor_kind: str, actor_id: str, actor: str, action: str, **rest: Any) -> AuditEntry:
        return AuditEntry(
            seq=0,
            time_ms=self._clock.now_ms(),
            actor_kind=actor_kind,
            actor_id=actor_id,
            actor=actor,
            action=action,
            previous_hash="",
            hash="",
            **rest,
        )


def _plain_json(value: Mapping[str, Any]) -> dict[str, Any]:
    return {_plain(str(name)): _plain_value(item) for name, item in value.items()}


def _plain_value(value: Any) -> Any:
    match value:
        case str():
            return _plain(value)
        case Mapping():
            return _plain_json(value)
        case list() | tuple() | set() | frozenset():
            return [_plain_value(item) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            return _plain_value(msgspec.to_builtins(value))


def _plain(text: str) -> str:
    """Text that every database keeps as it is: no control characters, no halves of characters, not too long."""
    cleaned = "".join(" " if ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF else c for c in text[:_MAX_TEXT])
    return cleaned if len(text) <= _MAX_TEXT else cleaned + "..."
