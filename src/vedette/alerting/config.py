"""What the documents of a project say about where alerts go, compiled; kept up with the catalog."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import structlog

from vedette.alerting import document as kinds
from vedette.alerting.check import read
from vedette.alerting.document import ContactPoint, Escalation, Integration, Route
from vedette.alerting.escalation import check_escalation
from vedette.alerting.inhibition import CompiledRule, compile_rule
from vedette.alerting.mute_timings import CompiledInterval, compile_intervals
from vedette.alerting.routing import Tree
from vedette.alerting.schedule import Rota
from vedette.alerting.silences import CompiledSilence
from vedette.errors import BadData

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog
    from vedette.catalog.documents import Documents
    from vedette.catalog.records import Document

_log = structlog.get_logger(__name__)
DASHBOARD: Final = "dashboard"
"""Name of the contact point that is there without a document: the bell of the page."""
_KINDS: Final = (
    *(kinds.ROUTE, kinds.INHIBIT_RULE, kinds.MUTE_TIMING, kinds.SILENCE),
    *(kinds.SCHEDULE, kinds.ESCALATION, kinds.CONTACT_POINT),
)
_BELL: Final = ContactPoint(integrations=(Integration(type="in_dashboard"),))
T = TypeVar("T")


class ProjectConfig(msgspec.Struct, frozen=True):
    """All that one project says."""

    trees: tuple[Tree, ...]
    contact_points: Mapping[str, ContactPoint]
    rules: tuple[CompiledRule, ...] = ()
    timings: Mapping[str, tuple[CompiledInterval, ...]] = {}
    silences: tuple[CompiledSilence, ...] = ()
    schedules: Mapping[str, Rota] = {}
    escalations: Mapping[str, Escalation] = {}
    routing: tuple[Any, ...] = ()
    """Equal as long as the trees are."""

    def contact_point(self, name: str) -> tuple[str, ContactPoint]:
        """By name; where there is none any more, what would be lost goes to the page."""
        found = self.contact_points.get(name)
        return (name, found) if found is not None else (DASHBOARD, self.contact_points[DASHBOARD])

    def is_muted(self, mute: Sequence[str], active: Sequence[str], now_ms: int) -> str:
        """Why a route is quiet at a moment; empty when it is not. A timing that is not there mutes nothing."""
        for name in mute:
            if any(interval.holds(now_ms) for interval in self.timings.get(name, ())):
                return f"mute timing {name!r}"
        known = [name for name in active if name in self.timings]
        if known and not any(interval.holds(now_ms) for name in known for interval in self.timings[name]):
            return "outside of " + ", ".join(repr(name) for name in known)
        return ""


def default_tree() -> Tree:
    """Where alerts go as long as nobody says it."""
    return Tree("default", Route(receiver=DASHBOARD))


class Configs:
    """The configuration of every project. Thread-safe."""

    def __init__(self, catalog: Catalog, documents: Callable[[], Documents]) -> None:
        """`documents` opens the catalog."""
        self._catalog = catalog
        self._documents = documents
        self._lock = threading.Lock()
        self._epochs: dict[str, int] = {}
        self._found: dict[str, tuple[Document, ...]] = {}
        self._projects: dict[str, ProjectConfig] = {}
        self._nothing = compile_project({})
        self.version = 0
        """Grows with every change."""

    def of(self, project: str) -> ProjectConfig:
        """As it was at the last `refresh`."""
        return self._projects.get(project, self._nothing)

    def refresh(self) -> list[str]:
        """Take over what has changed, whichever process changed it; whose routes go elsewhere now."""
        from vedette.catalog import document_rows  # noqa: PLC0415 - SQLAlchemy must not delay the start
        from vedette.catalog.database import IDENTITY  # noqa: PLC0415 - as above
        from vedette.catalog.epochs import all_epochs  # noqa: PLC0415 - as above

        with self._lock:
            with self._catalog.read() as connection:
                found = all_epochs(connection)
            epochs = {kind: found.get(document_rows.family(kind), 0) for kind in _KINDS}
            # Deleting a project takes its documents out of sight.
            epochs[IDENTITY] = found.get(IDENTITY, 0)
            if epochs == self._epochs:
                return []
            moved = epochs[IDENTITY] != self._epochs.get(IDENTITY)
            documents = self._documents()
            for kind in _KINDS:
                if moved or epochs[kind] != self._epochs.get(kind):
                    self._found[kind] = documents.every(kind)
            self._epochs = epochs
            return self._compile()

    def _compile(self) -> list[str]:
        by_project: dict[str, dict[str, list[Document]]] = {}
        for kind, documents in self._found.items():
            for document in documents:
                by_project.setdefault(document.project, {}).setdefault(kind, []).append(document)
        before, self._projects = self._projects, {name: compile_project(it) for name, it in by_project.items()}
        self.version += 1
        names = {*before, *self._projects}
        return [name for name in names if before.get(name, self._nothing).routing != self.of(name).routing]


def compile_project(documents: Mapping[str, Sequence[Document]]) -> ProjectConfig:
    """What cannot be read, being made by another version, is left out and told in the log; the rest holds."""

    def each(kind: str, make: Callable[[Document], T]) -> list[tuple[Document, T]]:
        return list(_readable(documents.get(kind, ()), make))

    routes = sorted(documents.get(kinds.ROUTE, ()), key=lambda document: document.name)
    trees = [tree for _, tree in _readable(routes, lambda it: Tree(it.name, read(it.spec, Route)))]
    points = {it.name: point for it, point in each(kinds.CONTACT_POINT, lambda it: read(it.spec, ContactPoint))}
    return ProjectConfig(
        trees=tuple(trees) or (default_tree(),),
        contact_points={DASHBOARD: _BELL, **points},
        rules=tuple(
            rule for _, rule in each(kinds.INHIBIT_RULE, lambda it: compile_rule(read(it.spec, kinds.InhibitRule)))
        ),
        timings={it.name: timing for it, timing in each(kinds.MUTE_TIMING, _timing)},
        silences=tuple(silence for _, silence in each(kinds.SILENCE, compile_silence)),
        schedules={it.name: rota for it, rota in each(kinds.SCHEDULE, lambda it: Rota(read(it.spec, kinds.Schedule)))},
        escalations={it.name: steps for it, steps in each(kinds.ESCALATION, _escalation)},
        routing=tuple((it.id, it.name, it.version) for it in routes),
    )


def compile_silence(document: Document) -> CompiledSilence:
    """Raises BadData."""
    return CompiledSilence(document.id, read(document.spec, kinds.Silence), document.updated_ms)


def _timing(document: Document) -> tuple[CompiledInterval, ...]:
    return compile_intervals(read(document.spec, kinds.MuteTiming).intervals, "intervals")


def _escalation(document: Document) -> Escalation:
    found = read(document.spec, Escalation)
    check_escalation(found)
    return found


def _readable(documents: Iterable[Document], make: Callable[[Document], T]) -> Iterable[tuple[Document, T]]:
    for document in documents:
        try:
            yield document, make(document)
        except BadData as error:
            _log.error("alert_document_not_readable", kind=document.kind, id=document.id, error=error.message)
