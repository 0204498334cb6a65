"""The gate: finds out who sends a request and for which project, and lets in whom the policy permits.

Everything is answered from memory. A route is reached through here alone, whichever way a request takes.
"""

from __future__ import annotations

import contextlib
import hmac
import re
from typing import Final, Protocol

from msgspec import Struct
from starlette.types import Scope

from vedette.auth.actor import NOBODY, Actor
from vedette.auth.identified import Identified
from vedette.auth.permission import Permission
from vedette.auth.principal import ANYONE, Principal
from vedette.auth.throttle import network_of
from vedette.errors import BadData, Forbidden, NotFound, Unauthenticated
from vedette.http.credentials import SESSION_COOKIE, Credentials, read_credentials
from vedette.http.errors import request_id_of
from vedette.http.policy import Key, Need, Open, counts_by_address, needs_of, rate_class_of
from vedette.http.rates import RateClass, Rates
from vedette.model.matcher import Matcher
from vedette.storage.interface import DEFAULT_PROJECT

_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_PROJECT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MAX_USER_AGENT_CHARACTERS: Final = 300
_TOLD_S: Final = 60.0
_MAX_TOLD: Final = 20_000


class Caller(Struct, frozen=True):
    """Who sends a request, and about which project."""

    scope: Scope
    principal: Principal
    project: str
    identified: Identified | None = None
    """None for somebody unknown at a public route, and where nobody signs in."""
    identities: Identities | None = None
    rates: Rates | None = None

    def count(self, kind: RateClass) -> None:
        """Count what comes over a connection that stays open as a request of its own. Raises TooBusy."""
        if self.rates is not None:
            self.rates.take(kind, self.principal.id)

    def may_still(self, permission: Permission) -> bool:
        """Whether what the gate found still holds: for connections that stay open for long."""
        if self.identities is None or self.identified is None:
            return True
        now = self.identities.renewed(self.identified)
        return (
            now is not None
            and now.principal.may(permission, self.project)
            and now.principal.narrowing(self.project) == self.matchers
        )

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """What every question of theirs is narrowed by."""
        return self.principal.narrowing(self.project)

    @property
    def actor(self) -> Actor:
        """The principal with the circumstances of the request, for whatever is checked further and noted."""
        session = self.identified.session if self.identified else None
        agent = next((value for name, value in self.scope["headers"] if name == b"user-agent"), b"")
        return Actor(
            principal=self.principal,
            address=address_of(self.scope),
            user_agent=agent.decode("latin-1")[:_MAX_USER_AGENT_CHARACTERS],
            request_id=request_id_of(self.scope),
            session_id=session.id if session else "",
        )


def caller(scope: Scope) -> Caller:
    """Whom the gate has let in."""
    found: Caller = scope["vedette.caller"]
    return found


class Identities(Protocol):
    """Who is who; implemented by auth.service."""

    @property
    def is_ready(self) -> bool:
        """Whether the catalog has been read."""
        ...

    @property
    def is_set_up(self) -> bool:
        """Whether somebody can administer the instance."""
        ...

    def has_project(self, name: str) -> bool:
        """Whether there is such a project."""
        ...

    def by_session(self, token: str) -> Identified | None:
        """Whose session it is."""
        ...

    def by_key(self, secret: str) -> Identified | None:
        """Whose API key it is."""
        ...

    def by_ticket(self, ticket: str) -> Identified | None:
        """Whose ticket it is; it works once."""
        ...

    def renewed(self, identified: Identified) -> Identified | None:
        """The same session or key as it is now; None when it has ended."""
        ...

    async def wait(self) -> None:
        """Until it is ready. Raises Unavailable when the catalog cannot be read."""
        ...

    def used(self, actor: Actor, use: str, project: str) -> None:
        """Told that a key is being used, by class of routes, at least once a minute; must not wait."""
        ...

    def unknown(self, actor: Actor, kind: str, secret: str) -> None:
        """Told of a `key` or `ticket` that opens nothing; must not wait."""
        ...

    def denied(self, actor: Actor, permission: Permission, project: str, key: Key) -> None:
        """Told of everybody known who was refused at a route, and what is missing; must not wait."""
        ...


class Gate(Protocol):
    """One for a server."""

    @property
    def can_decide(self) -> bool:
        """Whether `admit` may be called now for every route."""
        ...

    def must_wait(self, key: Key) -> bool:
        """Whether to await `wait` before `admit`; what is open to all need not wait."""
        ...

    async def wait(self) -> None:
        """Until who is who is known. Raises Unavailable when that cannot be found out."""
        ...

    def admit(self, scope: Scope, key: Key) -> None:
        """Note the caller in the scope, or raise Unauthenticated, Forbidden or TooBusy. `key` is the route's."""
        ...


class OpenGate:
    """Lets everybody in as `ANYONE`: where nobody signs in."""

    can_decide: Final = True

    def must_wait(self, _key: Key) -> bool:
        return False

    async def wait(self) -> None:
        return

    def admit(self, scope: Scope, _key: Key) -> None:
        scope["vedette.caller"] = Caller(scope, ANYONE, _project(scope, _project_only(scope), ANYONE))


class GuardedGate:
    """Lets in whom the policy permits."""

    def __init__(self, identities: Identities, rates: Rates, cookie: str = SESSION_COOKIE) -> None:
        """`cookie` is the name of the session's."""
        self._identities = identities
        self._rates = rates
        self._cookie = cookie
        self._told_until_s: dict[tuple[str, RateClass], float] = {}
        self._is_ready = False

    @property
    def can_decide(self) -> bool:
        # What has been read once stays there.
        if not self._is_ready:
            self._is_ready = self._identities.is_ready
        return self._is_ready

    def must_wait(self, key: Key) -> bool:
        return not self.can_decide and needs_of(key) is not Open.PUBLIC

    async def wait(self) -> None:
        await self._identities.wait()

    def admit(self, scope: Scope, key: Key) -> None:
        need = needs_of(key)
        if need is Open.PUBLIC:
            self._public(scope, key)
        else:
            self._known(scope, key, need)

    def _known(self, scope: Scope, key: Key, need: Need) -> None:
        credentials = self._offered(scope)
        identified = self._identify(scope, credentials, key)
        principal = identified.principal
        kind = rate_class_of(key)
        now_s = self._rates.take(kind, principal.id)
        project = _project(scope, credentials, principal)
        found = Caller(scope, principal, project, identified, self._identities, self._rates)
        # Who may do everything is told the truth; to all others what is not there looks like what is not theirs.
        if (
            principal.is_instance_admin
            and need is not Open.SIGNED_IN
            and not self._identities.has_project(found.project)
        ):
            raise NotFound(f"there is no project {found.project!r}")
        if isinstance(need, Permission) and not principal.may(need, found.project):
            self._identities.denied(found.actor, need, found.project, key)
            found.actor.require(need, found.project)
        if identified.key is not None and now_s >= self._told_until_s.get((principal.id, kind), 0.0):
            self._tell_use(found, kind, now_s)
        scope["vedette.caller"] = found

    def _tell_use(self, found: Caller, kind: RateClass, now_s: float) -> None:
        """Who a request is from in all its circumstances takes as long as the rest of the check."""
        if len(self._told_until_s) >= _MAX_TOLD:
            self._told_until_s.clear()
        self._told_until_s[found.principal.id, kind] = now_s + _TOLD_S
        self._identities.used(found.actor, kind.value, found.project)

    def _public(self, scope: Scope, key: Key) -> None:
        """Who is known to ask at a route that is open to all: only a browser's session, and no error but TooBusy."""
        if counts_by_address(key):
            self._rates.take(rate_class_of(key), _where(scope))
        known = None
        if self._identities.is_ready and any(name == b"cookie" for name, _ in scope["headers"]):
            with contextlib.suppress(Unauthenticated, BadData):
                token = read_credentials(scope, self._cookie).session
                known = self._identities.by_session(token) if token else None
        scope["vedette.caller"] = Caller(scope, known.principal if known else NOBODY, DEFAULT_PROJECT, known)

    def _offered(self, scope: Scope) -> Credentials:
        try:
            return read_credentials(scope, self._cookie)
        except (Unauthenticated, BadData):
            self._rates.take(RateClass.QUERY, _where(scope))
            raise

    def _identify(self, scope: Scope, credentials: Credentials, key: Key) -> Identified:
        identities = self._identities
        found: Identified | None = None
        # A key before a cookie: who sends both means the key, and needs no protection from forged requests.
        if credentials.key:
            found = identities.by_key(credentials.key)
        elif credentials.ticket:
            found = identities.by_ticket(credentials.ticket)
        elif credentials.session:
            found = identities.by_session(credentials.session)
            if found is not None:
                _check_forgery(scope, key, credentials, found)
        if found is not None:
            return found
        self._rates.take(RateClass.QUERY, _where(scope))
        if not identities.is_set_up:
            raise Unauthenticated("nobody can sign in yet: open the link that the server printed", reason="setup")
        if credentials.key or credentials.ticket:
            actor = Caller(scope, NOBODY, "").actor
            identities.unknown(actor, "key" if credentials.key else "ticket", credentials.key)
            raise Unauthenticated("the API key or ticket is unknown, expired or revoked", reason="invalid")
        if credentials.session:
            raise Unauthenticated("the session has ended: sign in again", reason="expired")
        raise Unauthenticated("sign in, or send an API key")


def address_of(scope: Scope) -> str:
    """Where the sender is; proxies that are trusted have been looked behind."""
    behind = scope.get("vedette.client_address")
    if behind:
        return str(behind)
    client = scope.get("client")
    return str(client[0]) if client else ""


def _where(scope: Scope) -> str:
    """Whose bucket somebody unknown uses up: the address', of IPv6 that of all addresses that one customer has."""
    return f"address {network_of(address_of(scope))}"


def _project(scope: Scope, credentials: Credentials, principal: Principal) -> str:
    """The path's, else the one that is asked for, else the caller's home."""
    name = str(scope.get("path_params", {}).get("project") or credentials.project or principal.home)
    # The name becomes the name of a folder; that of a project which is there has been looked at.
    if name != principal.home and _PROJECT_NAME.fullmatch(name) is None:
        raise BadData(f"{name[:100]!r} is no name of a project: lower-case letters, digits and dashes, at most 63")
    return name


def _project_only(scope: Scope) -> Credentials:
    """Where nobody signs in, credentials of all kinds are passed over."""
    found = Credentials()
    for name, value in scope["headers"]:
        if name == b"x-vedette-project":
            found.project = value.decode("latin-1").strip()
    if not found.project and b"project=" in scope["query_string"]:
        kept = {**scope, "headers": []}
        found.project = read_credentials(kept).project
    return found


def _check_forgery(scope: Scope, key: Key, credentials: Credentials, found: Identified) -> None:
    """A page of another origin can make a browser send the cookie, but it cannot read the text to repeat."""
    if key[0] == "WS":
        if not credentials.origin:
            raise Forbidden("a socket with a session's cookie needs an Origin header; programs take a ticket or key")
    elif scope["method"] not in _SAFE_METHODS and not hmac.compare_digest(
        credentials.csrf.encode(), found.csrf.encode()
    ):
        raise Forbidden("the X-CSRF-Token header does not have the text of GET /api/v1/session")
