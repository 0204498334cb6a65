"""Identity as one thing: whose a credential is, from memory; all the rest through its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.counters import AuthCounters
from vedette.auth.directory import Directory
from vedette.auth.identified import Identified, SignedIn
from vedette.auth.instance_key import InstanceKey
from vedette.auth.keys import Keys
from vedette.auth.members import Members
from vedette.auth.oidc import Oidc
from vedette.auth.oidc_provider import Ask
from vedette.auth.passwords import Passwords
from vedette.auth.principal import Principal
from vedette.auth.projects import Projects
from vedette.auth.roles import Roles
from vedette.auth.sessions import Sessions
from vedette.auth.settings import AuthSettings
from vedette.auth.setup import SetUp
from vedette.auth.sign_in import SignIn
from vedette.auth.throttle import Throttle
from vedette.auth.tickets import Holder, Tickets
from vedette.auth.tokens import MAX_TOKEN_LENGTH
from vedette.auth.totp import Enrolment, SecondFactor
from vedette.auth.users import Users
from vedette.catalog import sessions as stored_sessions
from vedette.catalog.database import Catalog
from vedette.clock import Clock
from vedette.errors import TooBusy, Unauthenticated

_WRITE_BACK_S: Final = 30.0
_SWEEP_S: Final = 300.0


class AuthService:
    """Who somebody is. `is_...`, `has_project`, `by_...` and `ticket` touch memory only.

    Everything else reads or writes the catalog, or hashes a password, and belongs in a thread. Importing this file
    imports SQLAlchemy: the start of a server does it in the background.
    """

    def __init__(
        self,
        catalog: Catalog,
        clock: Clock,
        settings: AuthSettings,
        key: InstanceKey,
        data: Path,
        registry: CollectorRegistry,
        ask: Ask | None = None,
    ) -> None:
        """`data` is the folder whose `secrets` has the set-up token, `ask` is `Outbound.request`, for OIDC.

        Nothing is read before `open`.
        """
        self._clock = clock
        self._catalog = catalog
        self._tickets = Tickets(clock, settings.ticket_lifetime_ms)
        self._directory = Directory(catalog)
        self.audit = Audit(catalog, clock)
        passwords = Passwords(settings.password_min_length, settings.password_workers)
        throttle = Throttle(clock, settings.login_free_attempts, settings.login_delay_ms, settings.login_delay_max_ms)
        base = (self._directory, self.audit, clock)
        self.sessions = Sessions(*base, settings)
        self.keys = Keys(*base)
        self.users = Users(*base, passwords)
        self.roles = Roles(self._directory, self.audit)
        self.members = Members(self._directory, self.audit)
        self.projects = Projects(*base)
        self.second_factor = SecondFactor(*base, key)
        self.setup = SetUp(*base, settings, key, data, self.users, passwords)
        self._sign_in = SignIn(*base, passwords, throttle, self.sessions, self.second_factor, self.users)
        self.oidc = Oidc(*base, settings.oidc, ask, key, self.users, self._sign_in)
        self._next_write_back_s = clock.monotonic_s() + _WRITE_BACK_S
        self._next_sweep_s = clock.monotonic_s() + _SWEEP_S
        self._logins = AuthCounters(registry).logins

    def open(self) -> None:
        """Open the catalog and read it. Raises Unavailable."""
        self._catalog.open()
        self._directory.refresh()

    def close(self) -> None:
        """Write what waits."""
        self.sessions.write_back()
        self.keys.write_back()
        self.audit.flush()

    def tick(self) -> None:
        """To be called every second: take over what other processes changed, write what waits. Raises Unavailable."""
        self._directory.refresh()
        self.audit.flush()
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_write_back_s:
            self._next_write_back_s = now_s + _WRITE_BACK_S
            self.sessions.write_back()
            self.keys.write_back()
        if now_s >= self._next_sweep_s:
            self._next_sweep_s = now_s + _SWEEP_S
            # When sessions were used last is no change, but what other servers know of it keeps them alive here, too.
            self._directory.refresh(even_if_unchanged=True)
            self.sessions.sweep()

    # Memory only.

    @property
    def is_ready(self) -> bool:
        """Whether the catalog has been read."""
        return self._directory.state.epoch >= 0

    @property
    def is_set_up(self) -> bool:
        """Whether somebody can administer this instance."""
        return not self.setup.required

    def oidc_providers(self) -> list[dict[str, str]]:
        """Providers of identities that can be signed in with: `name`, as in their addresses, and `title`."""
        return [{"name": name, "title": title} for name, title in self.oidc.offered.items()]

    def has_project(self, name: str) -> bool:
        """Whether there is such a project, and not deleted."""
        return self._directory.state.is_live(name)

    def by_session(self, token: str) -> Identified | None:
        """Whose session it is; None: nobody's, or it has ended."""
        return self.sessions.by_token(token)

    def by_key(self, secret: str) -> Identified | None:
        """Whose key it is; None: nobody's, or it has ended."""
        return self.keys.by_secret(secret)

    def by_ticket(self, ticket: str) -> Identified | None:
        """Whose ticket it is, which ends with this; None: nobody's, or it was used or is too old."""
        holder = self._tickets.take(ticket) if len(ticket) <= MAX_TOKEN_LENGTH else None
        if holder is None:
            return None
        return self.sessions.by_id(holder.session_id) if holder.session_id else self.keys.by_id(holder.key_id)

    def renewed(self, identified: Identified) -> Identified | None:
        """The same session or key as it is now; None: it has ended."""
        if identified.session is not None:
            return self.sessions.by_id(identified.session.id)
        return self.keys.by_id(identified.key.id) if identified.key is not None else None

    def principal(self, kind: str, principal_id: str) -> Principal | None:
        """A user or key as it is now, for what was made with its rights; None: it has ended."""
        if kind == "user":
            return self._directory.state.user(principal_id)
        found = self.keys.by_id(principal_id) if kind == "key" else None
        return found.principal if found is not None else None

    def ticket(self, identified: Identified) -> str:
        """A ticket for a socket or event stream of whoever asks. Raises Unauthenticated, TooBusy."""
        if identified.session is not None:
            return self._tickets.issue(Holder(session_id=identified.session.id))
        if identified.key is not None:
            return self._tickets.issue(Holder(key_id=identified.key.id))
        raise Unauthenticated("sign in to get a ticket")

    # In a thread.

    def sign_in(self, name: str, password: str, code: str, actor: Actor) -> SignedIn:
        """Begin a session; `actor.session_id`, if any, ends. See `SignIn.by_password`."""
        try:
            signed_in = self._sign_in.by_password(name, password, code, actor)
        except (Unauthenticated, TooBusy) as error:
            self._logins.labels("delayed" if isinstance(error, TooBusy) else "refused").inc()
            raise
        self._logins.labels("ok").inc()
        return signed_in

    def sign_out(self, actor: Actor) -> None:
        """End the present session."""
        with self._directory.change() as connection:
            stored_sessions.remove(connection, [actor.session_id])
            self.audit.note_in(connection, actor, "logout", object_kind="session", object_id=actor.session_id)

    def set_up(self, token: str, name: str, password: str, actor: Actor) -> SignedIn | None:
        """Use a set-up token or a link for a password; a session, but None where a second factor has to be asked.

        Raises Unauthenticated, BadData, Conflict.
        """
        user, _ = self.setup.take(token, name, password, actor)
        return None if user.totp_secret else self._sign_in.begin(user.id, "setup", actor)

    def change_password(self, actor: Actor, old: str, new: str) -> SignedIn:
        """Change one's own password; all sessions end, a new one begins. Raises Unauthenticated, BadData, TooBusy."""
        return self._sign_in.change_password(actor, old, new)

    def begin_second_factor(self, actor: Actor, password: str) -> Enrolment:
        """Add a second factor to oneself, to be ended by `second_factor.confirm`. Raises as `confirm`, and Conflict."""
        return self.second_factor.begin(self._sign_in.confirm(actor, password))

    def remove_second_factor(self, actor: Actor, password: str) -> None:
        """Do without one's second factor. Raises Unauthenticated, TooBusy."""
        self.second_factor.remove(actor, self._sign_in.confirm(actor, password).id)
