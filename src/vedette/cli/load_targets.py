"""Where loaded pieces go: into a folder through the loader, or to a running server that has one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from vedette.catalog.database import Catalog
from vedette.cli.folder import open_folder
from vedette.cli.remote import Remote
from vedette.clock import Clock, SystemClock
from vedette.errors import TooBusy
from vedette.ingest.backfill.loader import Loader
from vedette.ingest.backfill.media import CONTENT_TYPES, Piece
from vedette.ingest.report import DropReason, IngestReport, Problem
from vedette.server.late import Late
from vedette.server.privacy import LatePrivacy
from vedette.server.settings import Settings
from vedette.storage.interface import DEFAULT_PROJECT

if TYPE_CHECKING:
    from vedette.catalog.documents import Documents

_MAX_TRIES = 60


class FolderTarget:
    """Gathers pieces until there are enough for a good block."""

    def __init__(self, loader: Loader, samples_per_block: int) -> None:
        self._loader = loader
        self._samples_per_block = samples_per_block

    def add(self, piece: Piece, metric: str) -> IngestReport:
        return self._loader.add(piece.media, piece.body, metric)

    def is_full(self) -> bool:
        return self._loader.waiting >= self._samples_per_block

    def flush(self) -> None:
        self._loader.flush()


class ServerTarget:
    """Sends each piece; it is durable when the server has answered."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def add(self, piece: Piece, metric: str) -> IngestReport:
        headers = {"content-type": CONTENT_TYPES[piece.media]}
        parameters = {"metric": metric} if metric else {}
        for attempt in range(_MAX_TRIES):
            try:
                body = self._remote.post("/api/v1/backfill", params=parameters, content=piece.body, headers=headers)
                break
            except TooBusy as error:
                if attempt == _MAX_TRIES - 1:
                    raise
                time.sleep(error.retry_after_s)
        return _report_of(body["data"])

    def is_full(self) -> bool:
        return True

    def flush(self) -> None:
        return


@contextmanager
def folder_target(data: Path, settings: Settings, samples_per_block: int) -> Iterator[FolderTarget]:
    """A folder, made if need be."""
    clock = SystemClock()
    with open_folder(data, settings.tsdb, create=True) as store, _privacy(data, settings, clock) as privacy:
        loader = Loader(store, clock, settings.ingest, DEFAULT_PROJECT, settings.tsdb.retention_ms, privacy)
        yield FolderTarget(loader, samples_per_block)


@contextmanager
def _privacy(data: Path, settings: Settings, clock: Clock) -> Iterator[LatePrivacy]:
    """The rules of the folder's catalog: a load is no way around them."""
    catalog = Catalog(settings.catalog.url, data, busy_timeout_s=settings.catalog.busy_timeout_s)

    def documents() -> Documents:
        from vedette.catalog.documents import Documents

        return Documents(catalog, clock, settings.catalog)

    privacy = LatePrivacy(Late(documents), data, CollectorRegistry(), exists=lambda: catalog.exists)
    try:
        yield privacy
    finally:
        privacy.close()
        catalog.close()


@contextmanager
def server_target(url: str, key: str) -> Iterator[ServerTarget]:
    """A running server."""
    with Remote(url, key) as remote:
        yield ServerTarget(remote)


def _report_of(body: dict[str, object]) -> IngestReport:
    dropped, problems = body.get("dropped"), body.get("problems")
    report = IngestReport(accepted=int(str(body.get("accepted", 0))))
    if isinstance(dropped, dict):
        report.dropped = {DropReason(reason): count for reason, count in dropped.items()}
    if isinstance(problems, list):
        report.problems = [Problem(DropReason(item["reason"]), item["message"]) for item in problems]
    return report
