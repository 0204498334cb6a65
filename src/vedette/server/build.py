"""The composition root: constructs the rooms bottom-up; nothing else knows what stands behind a port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client import CollectorRegistry

import vedette
from vedette.clock import Clock
from vedette.config.load import Loaded
from vedette.http.page import Page
from vedette.http.routes import health, openapi, page
from vedette.http.routes import settings as settings_routes
from vedette.ingest.pipeline import Pipeline
from vedette.scrape.host.collector import HostCollector
from vedette.server.instance import Instance
from vedette.server.settings import Settings
from vedette.storage.interface import DEFAULT_PROJECT
from vedette.storage.memory import MemoryStorage
from vedette.storage.tee import Tee
from vedette.telemetry.gc_pauses import GcPauses
from vedette.telemetry.loop_lag import LoopLag
from vedette.telemetry.process import ProcessFacts
from vedette.telemetry.self_export import SelfExporter

PAGE_DIRECTORY = Path(vedette.__file__).parent / "page"


def build(loaded: Loaded[Settings], clock: Clock, registry: CollectorRegistry) -> Instance:
    """Construct all rooms. Raises VedetteError when one cannot start; what was built before is closed again."""
    instance = Instance(loaded.require(), loaded.sources, clock, registry)
    try:
        _construct(instance)
    except BaseException:
        instance.close()
        raise
    return instance


def _construct(instance: Instance) -> None:
    settings = instance.settings
    _pool(instance, "ingest", settings.server.ingest_workers)
    _pool(instance, "query", settings.server.query_workers)
    _telemetry(instance)
    storage = Tee(MemoryStorage(instance.clock, settings.tsdb.window))
    instance.on_close("storage", storage.close)
    pipeline = Pipeline(storage, instance.clock, settings.ingest, instance.registry)
    _own_measurements(instance, pipeline)
    instance.routes += [*health.routes(instance.registry), *openapi.routes()]
    instance.routes += settings_routes.routes(settings, instance.sources)
    the_page = Page(PAGE_DIRECTORY)
    instance.routes += page.routes(the_page)
    instance.fallback = page.fallback(the_page)


def _pool(instance: Instance, name: str, workers: int) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
    instance.on_close(f"pool {name}", lambda: pool.shutdown(wait=True, cancel_futures=True))
    return pool


def _telemetry(instance: Instance) -> None:
    ProcessFacts(instance.registry)
    pauses = GcPauses(instance.registry)
    pauses.start()
    instance.on_close("collector pauses", pauses.stop)
    lag = LoopLag(instance.clock, instance.settings.telemetry.loop_probe_interval_ms, instance.registry)
    instance.background("loop lag", lag.run, lag.stop)


def _own_measurements(instance: Instance, pipeline: Pipeline) -> None:
    settings = instance.settings
    exporter = SelfExporter(
        instance.registry, pipeline.source(DEFAULT_PROJECT, "self"), instance.clock, settings.telemetry
    )
    instance.background("self export", exporter.run, exporter.stop)
    if settings.host.enabled:
        source = pipeline.source(DEFAULT_PROJECT, "host")
        collector = HostCollector(source, instance.clock, settings.host, instance.registry)
        instance.background("host collector", collector.run, collector.stop)
