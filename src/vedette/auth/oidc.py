"""Signing in by OpenID Connect: authorization code with PKCE, bound to the browser that began it.

A user is found by issuer and subject alone; an e-mail address is a thing to write to, never who somebody is.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from vedette.auth.actor import Actor
from vedette.auth.audit import REFUSED, Audit
from vedette.auth.directory import Directory
from vedette.auth.identified import SignedIn
from vedette.auth.instance_key import InstanceKey
from vedette.auth.oidc_provider import Ask, Provider, claim_of
from vedette.auth.settings import OidcProvider
from vedette.auth.sign_in import SignIn
from vedette.auth.tokens import new_token
from vedette.auth.users import Users, name_of
from vedette.catalog import projects as stored_projects
from vedette.catalog import users as stored
from vedette.catalog.records import Membership, User
from vedette.clock import Clock
from vedette.errors import Corruption, Forbidden, NotFound, Unauthenticated

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = structlog.get_logger(__name__)
_ROUND_TRIP_MS: Final = 600_000
_PURPOSE: Final = "oidc state"
_MAX_PARAMETER: Final = 4096


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser keeps, sealed, until it comes back."""

    provider: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    return_to: str
    ends_ms: int


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send the browser, and the cookie (HttpOnly, SameSite=Lax, ten minutes) that it has to bring back."""

    url: str
    cookie: str


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who came back, and the path that they wanted to see."""

    signed_in: SignedIn
    return_to: str


class Oidc:
    """Everything here talks to other servers and belongs in a thread, but for `offered`."""

    def __init__(
        self,
        directory: Directory,
        audit: Audit,
        clock: Clock,
        providers: Mapping[str, OidcProvider],
        ask: Ask | None,
        key: InstanceKey,
        users: Users,
        sign_in: SignIn,
    ) -> None:
        self._providers = {name: Provider(item, ask, clock) for name, item in providers.items() if ask is not None}
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._key = key
        self._users = users
        self._sign_in = sign_in

    @property
    def offered(self) -> dict[str, str]:
        """Names of providers -> what their buttons say."""
        return {name: provider.settings.title or name for name, provider in self._providers.items()}

    def start(self, name: str, redirect_uri: str, return_to: str = "/") -> Departure:
        """Begin. `redirect_uri` is this server's own callback. Raises NotFound, Unavailable, BadData."""
        provider = self._provider(name)
        question = _Question(
            provider=name,
            state=new_token(),
            nonce=new_token(),
            verifier=new_token() + new_token(),
            redirect_uri=redirect_uri,
            return_to=own_path(return_to),
            ends_ms=self._clock.now_ms() + _ROUND_TRIP_MS,
        )
        url = provider.authorization_url(redirect_uri, question.state, question.nonce, question.verifier)
        return Departure(url=url, cookie=self._key.seal(msgspec.json.encode(question).decode(), _PURPOSE))

    def finish(self, name: str, parameters: Mapping[str, str], cookie: str, actor: Actor) -> Arrival:
        """End, with what the provider added to the callback's address. Raises Unauthenticated, Unavailable."""
        provider = self._provider(name)
        try:
            question = self._question(name, parameters, cookie, provider)
            claims = provider.claims(parameters["code"], question.redirect_uri, question.nonce, question.verifier)
            user = self._user(name, provider.settings, claims, actor)
            signed_in = self._sign_in.begin(user.id, "oidc", actor)
        except (Unauthenticated, Forbidden) as error:
            detail = {"provider": name, "why": error.message}
            self._audit.note(actor, "login", object_kind="user", result=REFUSED, detail=detail)
            raise
        return Arrival(signed_in=signed_in, return_to=question.return_to)

    def _provider(self, name: str) -> Provider:
        found = self._providers.get(name)
        if found is None:
            raise NotFound(f"there is no provider of identities {name!r}")
        return found

    def _question(self, name: str, parameters: Mapping[str, str], cookie: str, provider: Provider) -> _Question:
        """What this browser asked, if it is the one that asked and this is the answer."""
        try:
            question = msgspec.json.decode(self._key.unseal(cookie[:_MAX_PARAMETER], _PURPOSE), type=_Question)
        except (Corruption, msgspec.DecodeError):
            raise Unauthenticated("sign in again: this browser did not begin it", reason="invalid") from None
        if question.provider != name or self._clock.now_ms() >= question.ends_ms:
            raise Unauthenticated("sign in again: it took too long", reason="expired")
        if not hmac.compare_digest(parameters.get("state", "").encode("utf-8", "replace"), question.state.encode()):
            raise Unauthenticated("sign in again: the answer is not to this browser's question", reason="invalid")
        if parameters.get("iss", provider.settings.issuer) != provider.settings.issuer:
            raise Unauthenticated("the answer is of another provider of identities", reason="invalid")
        if not parameters.get("code") or len(parameters["code"]) > _MAX_PARAMETER:
            why = re.sub(r"[^a-z_]", "", parameters.get("error", ""))[:50] or "it gave no code"
            raise Unauthenticated(f"the provider of identities refused: {why}", reason="invalid")
        return question

    def _user(self, name: str, settings: OidcProvider, claims: Mapping[str, Any], actor: Actor) -> User:
        """The user of this identity, made where that is wanted, with the roles that the provider gives."""
        subject = str(claims["sub"])
        email = _verified_email(claims)
        if not subject or len(subject) > 255:
            raise Unauthenticated("the identity has no subject", reason="invalid")
        if settings.allowed_domains and email.rpartition("@")[2] not in map(str.lower, settings.allowed_domains):
            raise Forbidden("your e-mail address is not of a domain that may sign in here")
        with self._directory.change() as connection:
            user = stored.by_oidc(connection, settings.issuer, subject)
            if user is None:
                if not settings.auto_create:
                    raise Forbidden(
                        f"nobody here is linked to this identity; ask an administrator to link subject {subject!r}"
                    )
                user = self._create(connection, settings, claims, email, actor)
            if user.disabled_ms:
                raise Unauthenticated("the user is disabled", reason="invalid")
            if settings.role_claim:
                user = self._apply_roles(connection, name, settings, claims, user, actor)
        return user

    def _create(
        self, connection: Connection, settings: OidcProvider, claims: Mapping[str, Any], email: str, actor: Actor
    ) -> User:
        wanted = str(claims.get("preferred_username") or email or claims["sub"])
        display_name = str(claims.get("name") or "")
        made = self._users.made(
            _free_name(connection, wanted),
            email=email,
            display_name=display_name[:100] if display_name.isprintable() else "",
        )
        user = msgspec.structs.replace(made, oidc_issuer=settings.issuer, oidc_subject=str(claims["sub"]))
        self._users.add_in(connection, actor, user)
        return user

    def _apply_roles(
        self,
        connection: Connection,
        name: str,
        settings: OidcProvider,
        claims: Mapping[str, Any],
        user: User,
        actor: Actor,
    ) -> User:
        """Projects that occur in the map are the provider's to decide; all others are left alone."""
        managed = {target.partition(":")[0] for target in settings.role_map.values()}
        wanted = mapped_roles(settings, claims)
        state = self._directory.state
        before = {
            member.project: member.role
            for member in stored_projects.memberships_of_all(connection)
            if member.user_id == user.id
        }
        for project in sorted(managed - {"instance"}):
            role = wanted.get(project)
            if role == before.get(project) or not state.is_live(project):
                continue
            if role is None:
                stored_projects.remove_member(connection, project, user.id)
            elif role in state.grants:
                stored_projects.set_member(connection, Membership(user_id=user.id, project=project, role=role))
            else:
                _log.warning("oidc_role_unknown", provider=name, project=project, role=role)
                continue
            action, detail = ("member.assign" if role else "member.remove"), {"role": role or "", "provider": name}
            self._audit.note_in(
                connection, actor, action, object_kind="user", object_id=user.id, project=project, detail=detail
            )
        if "instance" in managed and ("instance" in wanted) != user.is_instance_admin:
            return self._users.set_instance_admin_in(connection, actor, user, is_instance_admin="instance" in wanted)
        return user


def mapped_roles(settings: OidcProvider, claims: Mapping[str, Any]) -> dict[str, str]:
    """Roles by project, and `instance` where it is given, by the map; of several for one project the map's first."""
    value = claim_of(claims, settings.role_claim)
    held = {str(item) for item in value} if isinstance(value, list) else {str(value)} if value is not None else set()
    found: dict[str, str] = {}
    for group, target in settings.role_map.items():
        project, _, role = target.partition(":")
        if group in held:
            found.setdefault(project, role)
    return found


def own_path(text: str) -> str:
    """A path of this server to go back to; `/` for whatever could lead elsewhere."""
    is_own = text.startswith("/") and not text.startswith("//")
    is_plain = text.isprintable() and "\\" not in text and len(text) < _MAX_PARAMETER // 2
    return text if is_own and is_plain else "/"


def _verified_email(claims: Mapping[str, Any]) -> str:
    """The e-mail address that the provider vouches for; empty: none."""
    email = claims.get("email")
    is_verified = claims.get("email_verified") in (True, "true")
    return email.lower() if isinstance(email, str) and is_verified and email.count("@") == 1 else ""


def _free_name(connection: Connection, wanted: str) -> str:
    """A name that nobody has; whoever has the wanted one already is somebody else."""
    base = re.sub(r"[^a-z0-9._@+-]", "-", wanted.lower()).strip("._@+-")[:100] or "user"
    name, number = base, 1
    while stored.by_name(connection, name) is not None:
        number += 1
        name = f"{base}-{number}"
    return name_of(name)
