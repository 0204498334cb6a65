"""Rules, made when the server is ready: their engine, files and documents are not to delay its start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from vedette.catalog.database import Catalog
from vedette.model.alert import Alert, AlertSink, Course
from vedette.model.labels import Labels
from vedette.model.special import FloatArray, IntArray
from vedette.promql.context import QueryLimits
from vedette.server.late import Late

if TYPE_CHECKING:
    from vedette.catalog.documents import Documents
    from vedette.ingest.pipeline import Pipeline
    from vedette.query.service import QueryService
    from vedette.rules.service import RuleService
    from vedette.server.instance import Instance
    from vedette.storage.interface import Storage

_CACHED_PLANS = 20_000


class NobodyListens:
    """An `AlertSink` where nothing tells of alerts."""

    def take(self, alerts: Sequence[Alert]) -> None:
        """All is well."""


class LateRules:
    """Rules of one server."""

    def __init__(
        self,
        instance: Instance,
        catalog: Catalog,
        documents: Callable[[], Documents],
        pipeline: Pipeline,
        storage: Storage,
        queries: QueryService,
    ) -> None:
        self._instance = instance
        self._catalog = catalog
        self._documents = documents
        self._pipeline = pipeline
        self._storage = storage
        self._queries = queries
        self.sink: AlertSink = NobodyListens()
        """Who is told; to be set before the start."""
        self.get = Late(self._make)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = asyncio.Event()
        self._stopping = False

    def ready(self) -> None:
        """The server answers: begin. From any thread."""
        self.get()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ready.set)

    async def run(self) -> None:
        """Evaluate until stopped."""
        self._loop = asyncio.get_running_loop()
        await self._ready.wait()
        if self._stopping:
            return
        workers = self._instance.settings.rules.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="rules") as pool:
            await self.get().run(pool)

    def course(
        self, project: str, rule: str, alerts: Sequence[Labels], start_ms: int, end_ms: int, step_ms: int
    ) -> Course | None:
        """See `model.alert.Courses`."""
        return self.get().course(project, rule, alerts, start_ms, end_ms, step_ms)

    async def reload(self) -> None:
        """Read files and documents now. Raises BadData with all that is wrong with files."""
        service = await asyncio.to_thread(self.get)
        await service.reload()

    async def stop(self) -> None:
        """End `run`."""
        self._stopping = True
        made = self.get.made
        if made is not None:
            await made.stop()
        self._ready.set()

    def _make(self) -> RuleService:
        from vedette.promql.engine import Engine  # noqa: PLC0415 - not before the server is ready
        from vedette.rules.book import RuleBook  # noqa: PLC0415 - as said above
        from vedette.rules.file_import import RuleImporter  # noqa: PLC0415 - as said above
        from vedette.rules.group import Evaluator  # noqa: PLC0415 - as said above
        from vedette.rules.reads import SharedReads  # noqa: PLC0415 - as said above
        from vedette.rules.scheduler import RuleMetrics, Scheduler  # noqa: PLC0415 - as said above
        from vedette.rules.sender import Sender  # noqa: PLC0415 - as said above
        from vedette.rules.service import RuleService  # noqa: PLC0415 - as said above

        settings, clock = self._instance.settings, self._instance.clock
        limits = QueryLimits(
            max_samples=settings.query.max_samples,
            max_series=settings.query.max_series,
            timeout_s=settings.rules.timeout_s,
            timeout_name="rules.timeout",
        )
        reads = SharedReads(self._storage)
        evaluator = Evaluator(
            Engine(reads, None, cached_plans=_CACHED_PLANS),
            reads,
            self._write,
            clock,
            limits=limits,
            lookback_ms=settings.query.lookback_ms,
            external_url=settings.alerting.external_url,
        )
        sender = Sender(self.sink, evaluator.surroundings, settings.rules.resend_ms)
        book = RuleBook(settings.rules, self._documents, self._catalog, settings.scrape.config_file)
        metrics = RuleMetrics(self._instance.registry)
        scheduler = Scheduler(book, evaluator, sender, self._storage, clock, settings.rules, metrics)
        importer = RuleImporter(self._documents)
        return RuleService(scheduler, evaluator, self._queries, self._storage, clock, importer)

    def _write(self, project: str, labels: Sequence[Labels], times_ms: IntArray, values: FloatArray) -> None:
        self._pipeline.push_source(project, "rules").write_samples(labels, times_ms, values)
