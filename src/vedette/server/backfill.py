"""The loader behind the back-fill route, made when the first body comes: it needs pyarrow, which is slow to import."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vedette.clock import Clock
from vedette.http.routes.backfill import Load
from vedette.ingest.report import IngestReport
from vedette.ingest.settings import IngestSettings
from vedette.tsdb.db import Tsdb

if TYPE_CHECKING:
    from vedette.ingest.backfill.loader import Loader
    from vedette.ingest.privacy.filter import RuleSet
    from vedette.server.privacy import LatePrivacy

_MAX_SERIES = 200_000


def lazy_loader(
    store: Tsdb,
    clock: Clock,
    settings: IngestSettings,
    retention_ms: int,
    check_room: Callable[[], None],
    privacy: LatePrivacy,
) -> Load:
    """A function that stores one body durably; one at a time, and only while `check_room` does not raise."""
    lock = threading.Lock()
    # Loaders remember what the rules made of a series: with others they begin anew.
    made: dict[str, tuple[RuleSet, Loader]] = {}

    def load(project: str, media: str, body: bytes, metric: str) -> IngestReport:
        from vedette.ingest.backfill.loader import Loader  # noqa: PLC0415 - see above
        from vedette.ingest.backfill.media import Media  # noqa: PLC0415 - see above

        check_room()
        with lock:
            rules = privacy.rules_of(project)
            if project not in made or made[project][0] is not rules:
                made[project] = rules, Loader(store, clock, settings, project, retention_ms, privacy)
            loader = made[project][1]
            report = loader.add(Media(media), body, metric)
            loader.flush()
            if loader.series_count > _MAX_SERIES:
                del made[project]
            return report

    return load
