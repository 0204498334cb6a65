"""Wires who is who, what they may do, and the documents they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.dashboards.provisioning import Provisioning
from vedette.http.gate import GuardedGate, OpenGate
from vedette.http.json_requests import Threads
from vedette.http.rates import Rates
from vedette.http.routes import (
    audit,
    documents,
    oidc,
    privacy,
    profile,
    projects,
    session,
    users,
)
from vedette.http.session_cookie import SessionCookie
from vedette.server.alerting import LateAlerting
from vedette.server.identity import LateIdentity
from vedette.server.instance import Instance
from vedette.server.late import Late
from vedette.server.privacy import LatePrivacy
from vedette.storage.tee import Tee

if TYPE_CHECKING:
    from vedette.catalog.documents import Documents


def open_access(
    instance: Instance,
    identity: LateIdentity,
    kept: Late[Documents],
    provisioning: Provisioning,
    storage: Tee,
    rules: LatePrivacy,
    alerting: LateAlerting,
) -> None:
    """Who is who, what they may do, the documents they keep and what must not be stored."""
    settings = instance.settings
    no_auth = settings.http.no_auth
    # Who is told is settled between here and the start.
    instance.background("identity", lambda: identity.run(None if no_auth else instance.tell_setup), identity.stop)
    cookie = SessionCookie(settings.http, settings.auth.session_lifetime_ms)
    instance.gate = (
        OpenGate() if no_auth else GuardedGate(identity, Rates(settings.http.rates, instance.clock), cookie.name)
    )
    passwords = settings.auth.password_workers
    pool = instance.pool("catalog", 3 + passwords)
    threads = Threads(pool, passwords)
    instance.routes += session.routes(identity, threads, cookie, no_auth=no_auth)
    instance.routes += oidc.routes(identity, _oidc_threads(instance), cookie)
    instance.routes += profile.routes(identity, threads, cookie)
    instance.routes += [*users.routes(identity, threads), *projects.routes(identity, threads)]
    instance.routes += audit.routes(identity, threads)

    most = settings.catalog.max_document_bytes
    instance.routes += documents.routes(
        kept, lambda: identity().audit, threads, most, alerting.kinds(), provisioning.check_change
    )
    dry_runs = Threads(instance.pool("dry run", 1))
    instance.routes += privacy.routes(rules.book, lambda: identity().audit, storage, instance.clock, threads, dry_runs)


def _oidc_threads(instance: Instance) -> dict[str, Threads]:
    """Two for each provider: they wait for other servers, which may take their time."""
    return {
        name: Threads(instance.pool(f"oidc {name}", 2), 2, limit="sign-ins at one provider")
        for name in instance.settings.auth.oidc
    }
