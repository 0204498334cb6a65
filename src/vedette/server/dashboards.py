"""Wires what there is for dashboards beyond documents."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from vedette.catalog.database import Catalog
from vedette.dashboards.annotations import Annotations
from vedette.dashboards.plugins.shelf import Shelf
from vedette.dashboards.preferences import PreferenceBook
from vedette.dashboards.provisioning import Provisioning
from vedette.dashboards.sharing.book import ShareBook
from vedette.dashboards.templates import load_templates
from vedette.dashboards.watch import Watch
from vedette.http.json_requests import Threads
from vedette.http.routes import annotations as annotation_routes
from vedette.http.routes import (
    dashboard_sets,
    dashboards,
    graphql,
    plugins,
    preferences,
    templates,
)
from vedette.query.service import QueryService
from vedette.server.instance import Instance
from vedette.server.late import Late

if TYPE_CHECKING:
    from vedette.auth.audit import Audit
    from vedette.catalog.documents import Documents


def open_dashboards(
    instance: Instance,
    catalog: Catalog,
    audit_log: Callable[[], Audit],
    kept: Late[Documents],
    provisioning: Provisioning,
    service: QueryService,
    queries: ThreadPoolExecutor,
    shelf: Shelf,
    marks: Annotations,
) -> None:
    """What there is for dashboards beyond documents."""
    settings = instance.settings
    if provisioning.settings.provisioning_folder is not None:
        watch = Watch(provisioning.look, provisioning.settings.provisioning_interval_ms, "provisioning_failed")
        instance.background("provisioning", watch.run, watch.stop)
    threads = Threads(instance.pool("dashboards", 2))
    instance.routes += dashboards.routes(kept, audit_log, provisioning, threads)
    instance.routes += dashboard_sets.routes(kept, audit_log, provisioning.check_change, threads)
    instance.routes += preferences.routes(PreferenceBook(catalog, instance.clock), threads)
    looking = Watch(shelf.look, settings.dashboards.plugins_interval_ms, "plugins_failed")
    instance.background("plugins", looking.run, looking.stop)
    instance.routes += plugins.routes(shelf, settings.dashboards, threads)
    instance.routes += annotation_routes.routes(marks, audit_log, threads)
    instance.routes += templates.routes(Late(load_templates), kept, audit_log, service, threads, queries)


def open_graphql(
    instance: Instance,
    kept: Late[Documents],
    audit_log: Callable[[], Audit],
    book: ShareBook,
    provisioning: Provisioning,
) -> None:
    """Documents by another door."""
    threads, most = Threads(instance.pool("graphql", 2)), instance.settings.catalog.max_document_bytes
    check = provisioning.check_change
    instance.routes += graphql.routes(kept, audit_log, book.public_dashboards, check, threads, most)
