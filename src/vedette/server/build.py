"""The composition root: constructs the rooms bottom-up; nothing else knows what stands behind a port."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

import vedette
from vedette.catalog.database import Catalog
from vedette.catalog.records import LimitsOf
from vedette.clock import Clock
from vedette.config.effective import as_toml, effective
from vedette.config.load import Loaded
from vedette.config.units import print_setting_duration
from vedette.dashboards.annotations import Annotations
from vedette.dashboards.plugins.shelf import Shelf
from vedette.dashboards.provisioning import Provisioning
from vedette.http.deeds import Deeds
from vedette.http.page import Page
from vedette.http.routes import (
    backfill,
    federate,
    health,
    history,
    ingest,
    ingest_cardinality,
    live,
    metrics_queries,
    metrics_query,
    openapi,
    page,
    prometheus,
    prometheus_admin,
    prometheus_metadata,
    prometheus_status,
    push_gateway,
    push_socket,
    reload,
    running,
    sample_data,
    usage,
)
from vedette.http.routes import rules as rule_routes
from vedette.http.routes import settings as settings_routes
from vedette.http.routes.ingest_body import Intake
from vedette.http.routes.prometheus_status import ServerFacts
from vedette.ingest.pipeline import Pipeline
from vedette.live.hub import Hub
from vedette.live.metrics import LiveMetrics
from vedette.model.frame import QueryResult
from vedette.model.matcher import Matcher
from vedette.query.options import QueryOptions
from vedette.query.service import QueryService
from vedette.server.access import open_access
from vedette.server.alerting import LateAlerting, open_alerting
from vedette.server.backfill import lazy_loader
from vedette.server.dashboards import open_dashboards, open_graphql
from vedette.server.disk_guard import DiskGuard, GuardedTee
from vedette.server.identity import LateIdentity
from vedette.server.instance import Instance
from vedette.server.late import Late
from vedette.server.late_engine import LateEngine
from vedette.server.privacy import LatePrivacy
from vedette.server.rules import LateRules
from vedette.server.settings import Settings
from vedette.server.sharing import open_sharing
from vedette.server.snapshot import Snapshots
from vedette.storage.interface import DEFAULT_PROJECT
from vedette.storage.tee import Tee
from vedette.telemetry.gc_pauses import GcPauses
from vedette.telemetry.loop_lag import LoopLag
from vedette.telemetry.process import ProcessFacts
from vedette.telemetry.self_export import SelfExporter
from vedette.tsdb.db import Tsdb

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.auth.service import AuthService
    from vedette.catalog.documents import Documents
    from vedette.promql.engine import Engine

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
    _telemetry(instance)
    catalog = _catalog(instance)
    identity = instance.identity = LateIdentity(lambda: _identity_service(instance, catalog))
    instance.on_close("identity", identity.close)
    store = _storage(instance, identity.limits_of)
    guard = DiskGuard(settings.server.data, settings.server.min_free_bytes, instance.registry)
    instance.background("disk guard", guard.run, guard.stop)
    storage = GuardedTee(store, guard)
    queries = instance.pool("query", settings.server.query_workers)
    kept = _documents(instance, catalog)
    rules = _privacy(instance, catalog, kept)
    pipeline = Pipeline(storage, instance.clock, settings.ingest, instance.registry, rules, identity.limits_of)
    rules.on_change(pipeline.forget)
    _own_measurements(instance, pipeline)
    deeds = Deeds(lambda: identity().audit)
    _pushed(instance, pipeline, queries, deeds)
    targets = _scraping(instance, pipeline)
    service = QueryService(
        _engine(instance, storage), instance.clock, settings.query, instance.registry, identity.limits_of
    )
    instance.routes += usage.routes(pipeline, service, identity.limits_of, queries, settings.tsdb.retention_bytes)
    _asked(instance, service, queries, deeds)
    _stored(instance, storage, queries, targets)
    alerting = open_alerting(instance, catalog, kept, lambda: identity().audit)
    _rules(instance, catalog, kept, pipeline, storage, service, lambda: identity().audit, alerting)
    snapshots = Snapshots(settings.server.data, store, catalog, instance.clock)
    instance.routes += prometheus_admin.routes(storage, queries, deeds, store.clean, snapshots.take)
    _backfill(instance, store, guard, rules, deeds)
    hub = _live(instance, storage, service)
    provisioning = Provisioning(settings.dashboards, DEFAULT_PROJECT, kept)
    open_access(instance, identity, kept, provisioning, storage, rules, alerting)
    shelf = Shelf(settings.dashboards, settings.server.data, settings.sharing.frame_ancestors)
    marks = Annotations(catalog, instance.clock, settings.dashboards.max_annotations)
    open_dashboards(instance, catalog, lambda: identity().audit, kept, provisioning, service, queries, shelf, marks)
    book = open_sharing(instance, catalog, identity, service, queries, hub, shelf, marks)
    open_graphql(instance, kept, lambda: identity().audit, book, provisioning)
    instance.routes += [*reload.routes(instance.reload, deeds), *settings_routes.routes(settings, instance.sources)]
    _shown(instance)


def _privacy(instance: Instance, catalog: Catalog, kept: Late[Documents]) -> LatePrivacy:
    """Rules that keep personal data out of labels."""
    rules = LatePrivacy(kept, instance.settings.server.data, instance.registry, exists=lambda: catalog.exists)
    instance.on_close("privacy rules", rules.close)
    instance.on_ready(rules.start)
    return rules


def _asked(instance: Instance, service: QueryService, queries: ThreadPoolExecutor, deeds: Deeds) -> None:
    """Where questions are asked."""
    instance.routes += [*prometheus.routes(service, queries), *metrics_query.routes(service, queries)]
    instance.routes += metrics_queries.routes(service, queries)
    instance.routes += [*running.routes(service, queries, deeds), *history.routes(service, queries)]


def _shown(instance: Instance) -> None:
    """What the server shows of itself: its health, its API, the page."""
    instance.routes += [*health.routes(instance.registry), *openapi.routes()]
    the_page = Page(PAGE_DIRECTORY, instance.settings.sharing.frame_ancestors)
    instance.on_ready(the_page.read)
    instance.routes += page.routes(the_page)
    instance.fallback = page.fallback(the_page)


def _engine(instance: Instance, storage: Tee) -> LateEngine:
    workers = instance.settings.server.query_workers
    parts = instance.pool("part", workers)

    def make() -> Engine:
        from vedette.promql.engine import Engine  # noqa: PLC0415 - see LateEngine

        return Engine(storage, parts, workers=workers)

    engine = LateEngine(make)
    instance.on_ready(engine.get)
    return engine


def _catalog(instance: Instance) -> Catalog:
    settings = instance.settings.catalog
    catalog = Catalog(
        settings.url,
        instance.settings.server.data,
        connections=settings.connections,
        busy_timeout_s=settings.busy_timeout_s,
    )
    instance.on_close("catalog", catalog.close)
    return catalog


def _documents(instance: Instance, catalog: Catalog) -> Late[Documents]:
    def make() -> Documents:
        from vedette.catalog.documents import Documents  # noqa: PLC0415 - SQLAlchemy must not delay the start

        return Documents(catalog, instance.clock, instance.settings.catalog)

    return Late(make)


def _identity_service(instance: Instance, catalog: Catalog) -> AuthService:
    # SQLAlchemy, and where people sign in elsewhere also a client: all behind the start.
    from vedette.auth.instance_key import InstanceKey  # noqa: PLC0415 - as said above
    from vedette.auth.service import AuthService  # noqa: PLC0415 - as said above

    settings, data = instance.settings, instance.settings.server.data
    key = InstanceKey.of(data)
    ask = instance.outbound().request
    return AuthService(catalog, instance.clock, settings.auth, key, data, instance.registry, ask)


def _scraping(instance: Instance, pipeline: Pipeline) -> prometheus_metadata.Targets:
    if instance.settings.scrape.config_file is None:
        return prometheus_metadata.no_targets
    # Only where something is scraped: the configuration's reader and the client take a tenth of a start.
    from vedette.outbound.guard import Guard  # noqa: PLC0415 - as said above
    from vedette.scrape.manager import ScrapeManager  # noqa: PLC0415 - as said above
    from vedette.server.targets import targets_of  # noqa: PLC0415 - as said above

    settings = instance.settings
    manager = ScrapeManager(pipeline, instance.clock, settings.scrape, Guard(settings.outbound), instance.registry)
    instance.background("scraping", manager.run, manager.stop)
    instance.on_reload(manager.reload)
    instance.last_reload = lambda: (manager.last_reload.successful, manager.last_reload.in_force_since_ms)
    return targets_of(manager.targets, settings.scrape.project)


def _storage(instance: Instance, limits_of: LimitsOf) -> Tsdb:
    settings = instance.settings

    def max_bytes_of(project: str) -> int | None:
        own = limits_of(project)
        return own.max_bytes if own is not None else None

    store = Tsdb(settings.server.data, settings.tsdb, instance.clock, instance.registry, max_bytes_of=max_bytes_of)
    instance.on_close("storage", store.close)
    return store


def _backfill(instance: Instance, store: Tsdb, guard: DiskGuard, rules: LatePrivacy, deeds: Deeds) -> None:
    settings = instance.settings
    load = lazy_loader(store, instance.clock, settings.ingest, settings.tsdb.retention_ms, guard.check, rules)
    instance.routes += backfill.routes(load, instance.pool("backfill", 1), deeds)


def _rules(
    instance: Instance,
    catalog: Catalog,
    kept: Late[Documents],
    pipeline: Pipeline,
    storage: Tee,
    service: QueryService,
    audit: Callable[[], Audit],
    alerting: LateAlerting,
) -> None:
    """Rules that are evaluated, and what alerts they make."""
    made = LateRules(instance, catalog, kept, pipeline, storage, service)
    made.sink, alerting.courses = alerting, made
    if instance.settings.rules.enabled:
        instance.background("rules", made.run, made.stop)
        instance.on_ready(made.ready)
        instance.on_reload(made.reload)
    instance.routes += rule_routes.routes(made.get, audit, instance.pool("rule routes", 1))


def _stored(
    instance: Instance, storage: Tee, queries: ThreadPoolExecutor, targets: prometheus_metadata.Targets
) -> None:
    """Routes that read the store without a query language."""
    settings, clock = instance.settings, instance.clock
    facts = ServerFacts(
        started_ms=clock.now_ms(),
        config_text=lambda: as_toml(settings),
        flags=lambda: {item.field.key: item.value.strip('"') for item in effective(settings)},
        retention=print_setting_duration(settings.tsdb.retention_ms),
        data=settings.server.data,
        last_reload=instance.last_reload,
    )
    instance.routes += prometheus_metadata.routes(storage, queries, targets)
    instance.routes += prometheus_status.routes(storage, queries, clock, facts)
    instance.routes += federate.routes(storage, queries, clock, settings.query.lookback_ms)


def _pushed(instance: Instance, pipeline: Pipeline, queries: ThreadPoolExecutor, deeds: Deeds) -> None:
    """Routes that take samples in."""
    settings = instance.settings
    pool = instance.pool("ingest", settings.server.ingest_workers)
    intake = Intake(settings.ingest, pool, instance.registry, pipeline.rates.check)
    instance.routes += ingest.routes(pipeline, intake)
    instance.routes += push_gateway.routes(pipeline, intake, instance.clock)
    instance.routes += push_socket.routes(pipeline, intake)
    instance.routes += sample_data.routes(pipeline, intake, instance.clock, deeds)
    instance.routes += ingest_cardinality.routes(pipeline, queries)


def _live(instance: Instance, storage: Tee, service: QueryService) -> Hub:
    # Threads of its own, so that a long query of one person does not hold up everybody's charts.
    workers = instance.pool("live", instance.settings.server.query_workers)

    def evaluate(
        project: str, text: str, start_ms: int, end_ms: int, step_ms: int, matchers: tuple[Matcher, ...]
    ) -> QueryResult:
        return service.range(
            project, text, start_ms, end_ms, step_ms, QueryOptions(matchers=matchers, is_standing=True)
        )

    hub = Hub(storage, evaluate, workers, instance.clock, instance.settings.live, LiveMetrics(instance.registry))
    storage.observe(hub.on_append, hub.on_intern)
    instance.background("live results", hub.run)
    instance.background("live usher", hub.usher)
    instance.on_stop("live clients", hub.close)
    instance.routes += live.routes(hub, instance.settings.http.allowed_origins)
    return hub


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
        # Only where this machine is watched: its readers need not be imported elsewhere.
        from vedette.scrape.host.collector import HostCollector  # noqa: PLC0415 - as said above

        source = pipeline.source(DEFAULT_PROJECT, "host")
        collector = HostCollector(source, instance.clock, settings.host, instance.registry)
        instance.background("host collector", collector.run, collector.stop)
