"""An instance for tests: its service, its clock, and short ways to people who may something."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from vedette.auth.actor import CLI, Actor, anonymous
from vedette.auth.identified import Identified, SignedIn
from vedette.auth.instance_key import InstanceKey
from vedette.auth.oidc_provider import Ask
from vedette.auth.service import AuthService
from vedette.auth.settings import AuthSettings
from vedette.catalog.audit_log import AuditFilter
from vedette.catalog.database import Catalog
from vedette.catalog.records import AuditEntry, User
from vedette.clock import FakeClock

NOW_MS = 1_700_000_000_000
PASSWORD = "a quiet long evening"
HOUR_MS = 3_600_000


class World:
    """`service` on `clock`; `other()` is a second server on the same catalog."""

    def __init__(
        self, catalog: Catalog, data: Path, settings: AuthSettings | None = None, ask: Ask | None = None
    ) -> None:
        self.catalog = catalog
        self.data = data
        self.settings = settings or AuthSettings()
        self.clock = FakeClock(NOW_MS)
        self.ask = ask
        self.service = self.other()

    def other(self, settings: AuthSettings | None = None) -> AuthService:
        """Another service on the same catalog and clock; `registry` is that of the newest one."""
        self.registry = CollectorRegistry()
        service = AuthService(
            self.catalog,
            self.clock,
            settings or self.settings,
            InstanceKey.of(self.data),
            self.data,
            self.registry,
            self.ask,
        )
        service.open()
        _weaken(service)
        return service

    def again(self, **settings: object) -> None:
        """Start the service anew with other settings."""
        self.settings = AuthSettings(**settings)  # type: ignore[arg-type]
        self.service = self.other()

    def user(self, name: str, *, admin: bool = False, password: str | None = PASSWORD) -> User:
        """Make a user."""
        return self.service.users.create(CLI, name, password=password, is_instance_admin=admin)

    def member(self, name: str, role: str, project: str = "default") -> User:
        """Make a user with a role."""
        made = self.user(name, password=None)
        self.service.members.assign(CLI, project, made.id, role)
        return made

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "", address: str = "192.0.2.1") -> SignedIn:
        """As a browser does."""
        return self.service.sign_in(name, password, code, anonymous(address, "a browser", "req-1"))

    def actor(self, user: User | str) -> Actor:
        """Somebody as if signed in, without the time that a password takes."""
        user_id = user if isinstance(user, str) else user.id
        principal = self.service._directory.state.user(user_id)
        assert principal is not None
        return Actor(principal=principal, address="192.0.2.1", request_id="req-2")

    def actor_of(self, signed_in: SignedIn) -> Actor:
        """Whoever signed in, with their session."""
        found = self.who(signed_in.token)
        assert found is not None
        return Actor(principal=found.principal, address="192.0.2.1", session_id=signed_in.session.id)

    def who(self, token: str) -> Identified | None:
        """Whose session it is."""
        return self.service.by_session(token)

    def log(self, action: str = "") -> list[AuditEntry]:
        """Lines of the audit log, newest first."""
        return self.service.audit.search(AuditFilter(action=action), 1000)


def _weaken(service: AuthService) -> None:
    """Passwords at a hundredth of the work; what they cost in earnest is tested by themselves."""
    passwords = service.users._passwords
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._nobodys_hash = passwords._hasher.hash("nobody's")
