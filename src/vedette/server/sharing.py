"""Wires what of dashboards is given away: public links, snapshots, and those outside who see them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from vedette.catalog.database import Catalog
from vedette.dashboards.annotations import Annotations
from vedette.dashboards.plugins.shelf import Shelf
from vedette.dashboards.sharing.book import ShareBook
from vedette.dashboards.sharing.keeper import ShareKeeper
from vedette.http.json_requests import Threads
from vedette.http.rates import Rates
from vedette.http.routes import public, public_live, public_parts, shares, snapshots
from vedette.live.hub import Hub
from vedette.query.service import QueryService
from vedette.server.identity import Everybody, LateIdentity
from vedette.server.instance import Instance

if TYPE_CHECKING:
    from vedette.auth.audit import Audit


def open_sharing(
    instance: Instance,
    catalog: Catalog,
    identity: LateIdentity,
    service: QueryService,
    queries: ThreadPoolExecutor,
    hub: Hub,
    shelf: Shelf,
    annotations: Annotations,
) -> ShareBook:
    """Adds its routes and its work in the background."""
    settings, clock = instance.settings, instance.clock
    people = Everybody(identity) if settings.http.no_auth else identity
    book = ShareBook(catalog, clock, settings.sharing, people)
    keeper = ShareKeeper(book)
    instance.background("shares", keeper.run, keeper.stop)
    instance.on_close("shares", book.close)
    threads = Threads(instance.pool("sharing", 2))
    # A snapshot asks hundreds of questions: those of people who look on do not wait for it.
    taker = instance.pool("snapshots", 1)

    def audit_log() -> Audit:
        return identity().audit

    instance.routes += shares.routes(book, audit_log, service.parse, threads)
    instance.routes += snapshots.routes(book, audit_log, service, annotations, threads, taker)
    door = public.Door(book, Rates(settings.http.rates, clock), identity.wait, threads)
    instance.routes += public.routes(door, service, audit_log, queries)
    instance.routes += public_parts.routes(door, shelf, annotations, service.now_ms)
    most = settings.live.max_message_bytes
    instance.routes += public_live.routes(door, hub, clock, settings.http.allowed_origins, most)
    return book
