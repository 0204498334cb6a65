"""Keys of programs: looked up by the hash of their secret; each may what its scopes say and its owner may now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import REFUSED, Audit
from vedette.auth.directory import Directory
from vedette.auth.identified import Identified
from vedette.auth.permission import SCOPES, Permission
from vedette.auth.state import State
from vedette.auth.tokens import KEY_PREFIX, MAX_TOKEN_LENGTH, hash_token, new_key
from vedette.catalog import keys as stored
from vedette.catalog.records import ApiKey
from vedette.clock import Clock
from vedette.errors import BadData, Forbidden, NotFound, VedetteError

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_KEYS_PER_PROJECT: Final = 1000
_MAX_NAME: Final = 100
_HOUR_MS: Final = 3_600_000
_MAX_REFUSED: Final = 10_000
_NEEDED: Final = {
    "ingest": Permission.SAMPLES_WRITE,
    "read": Permission.METRICS_READ,
    "edit": Permission.DOCUMENTS_WRITE,
    "admin": Permission.PROJECT_ADMIN,
}
"""What whoever makes a key must have for each scope; the rest of a scope is cut to what they have."""


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was just made, and the only copy of its secret."""

    key: ApiKey
    secret: str


class Keys:
    """Finds, makes and revokes keys. Look-ups touch memory only; the rest writes and belongs in a thread."""

    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._used: dict[str, int] = {}
        self._unwritten: dict[str, int] = {}
        self._noted: set[tuple[str, str]] = set()
        """Key and class of use that were noted within this hour."""
        self._refused: set[tuple[str, str]] = set()
        """Key and address that were noted as refused within it."""
        self._hour = 0

    def by_secret(self, secret: str) -> Identified | None:
        """Whose key it is; O(1), no I/O. None: it is unknown, expired or revoked, or its owner or project is gone."""
        if len(secret) > MAX_TOKEN_LENGTH or not secret.startswith(KEY_PREFIX):
            return None
        state = self._directory.state
        return self._identified(state.keys.get(hash_token(secret)), state)

    def by_id(self, key_id: str) -> Identified | None:
        """As `by_secret`, for what was bound to a key before."""
        state = self._directory.state
        return self._identified(state.key_ids.get(key_id), state)

    def note_use(self, actor: Actor, use: str, project: str) -> None:
        """Note in the audit log what a key is used for, once for each `use` (a class of routes) and hour; no I/O."""
        self._turn_hour()
        if (actor.principal.id, use) not in self._noted:
            self._noted.add((actor.principal.id, use))
            self._audit.later(
                actor, "key.use", object_kind="key", object_id=actor.principal.id, project=project, detail={"use": use}
            )

    def note_refused(self, actor: Actor, kind: str, secret: str) -> None:
        """Note in the audit log that a `key` or `ticket` opened nothing, once for each address and hour; no I/O.

        Of a key's text only its id is kept, and only of a key that there was: anything else may be a password.
        """
        self._turn_hour()
        key = self._directory.state.key_ids.get(secret.removeprefix(KEY_PREFIX).partition("_")[0])
        same = (key.id if key else kind, actor.address)
        # However many addresses a crowd has: the log and this memory are bounded, and the first ones tell enough.
        if same not in self._refused and len(self._refused) < _MAX_REFUSED:
            self._refused.add(same)
            self._audit.later(
                actor,
                f"{kind}.use",
                object_kind=kind,
                object_id=key.id if key else "",
                project=key.project if key else "",
                result=REFUSED,
                detail={"why": self._why(key, secret)},
            )

    def create(
        self,
        actor: Actor,
        project: str,
        name: str,
        scopes: Sequence[str],
        *,
        expires_ms: int = 0,
        owner_id: str | None = None,
    ) -> NewKey:
        """A new key of the actor, who must have in the project what its scopes say.

        `owner_id` makes it another user's, for whoever administers the instance; an empty one nobody's.
        Raises Forbidden, BadData, NotFound, Conflict.
        """
        owner = self._owner(actor, project, owner_id)
        self._check(name, scopes, expires_ms)
        self._check_rights(owner, actor, project, scopes)
        key_id, secret = new_key()
        key = ApiKey(
            id=key_id,
            name=name.strip(),
            prefix=f"{KEY_PREFIX}{key_id}",
            secret_hash=hash_token(secret),
            project=project,
            scopes=tuple(dict.fromkeys(scopes)),
            owner_id=owner,
            created_ms=self._clock.now_ms(),
            expires_ms=expires_ms,
        )
        with self._directory.change() as connection:
            self._check_room(connection, project)
            stored.add(connection, key)
            detail = {"name": key.name, "scopes": key.scopes, "expires_ms": expires_ms, "owner_id": owner}
            self._audit.note_in(
                connection, actor, "key.create", object_kind="key", object_id=key_id, project=project, detail=detail
            )
        return NewKey(key=key, secret=secret)

    def of_owner(self, user_id: str) -> list[ApiKey]:
        """Keys of a user that were not revoked, newest first."""
        keys = self._directory.state.key_ids.values()
        return self._shown([key for key in keys if user_id and key.owner_id == user_id])

    def of_project(self, actor: Actor, project: str) -> list[ApiKey]:
        """Keys of a project that were not revoked, newest first. Raises Forbidden."""
        actor.require(Permission.PROJECT_ADMIN, project)
        return self._shown([key for key in self._directory.state.key_ids.values() if key.project == project])

    def revoke(self, actor: Actor, key_id: str, project: str | None = None) -> None:
        """From now on it is no key. One's own, or any of a project one administers; `project`: only one of there.

        Raises NotFound also for keys that the actor may not know of.
        """
        key = self._directory.state.key_ids.get(key_id)
        if key is None or key.revoked_ms or (project is not None and key.project != project):
            raise NotFound("no such key")
        is_own = bool(key.owner_id) and key.owner_id == actor.principal.user_id and actor.principal.kind == "user"
        if not is_own and not actor.principal.may(Permission.PROJECT_ADMIN, key.project):
            raise NotFound("no such key")
        with self._directory.change() as connection:
            stored.revoke(connection, key_id, self._clock.now_ms())
            self._audit.note_in(
                connection,
                actor,
                "key.revoke",
                object_kind="key",
                object_id=key_id,
                project=key.project,
                detail={"name": key.name},
            )

    def write_back(self) -> None:
        """Store when keys were used last; one transaction however many."""
        taken, self._unwritten = self._unwritten, {}
        # A copy: whoever looked up at this very moment may still write into the one that was taken.
        unwritten = dict(taken)
        if not unwritten:
            return
        try:
            with self._directory.write() as connection:
                stored.note_used(connection, unwritten)
        except VedetteError:
            self._unwritten = {**unwritten, **self._unwritten}
            raise

    def _identified(self, key: ApiKey | None, state: State) -> Identified | None:
        now_ms = self._clock.now_ms()
        if key is None or key.revoked_ms or (key.expires_ms and now_ms >= key.expires_ms):
            return None
        principal = state.key(key)
        if principal is None:
            return None
        self._used[key.id] = self._unwritten[key.id] = now_ms
        return Identified(principal=principal, key=key)

    def _turn_hour(self) -> None:
        hour = self._clock.now_ms() // _HOUR_MS
        if hour != self._hour:
            self._hour, self._noted, self._refused = hour, set(), set()

    def _why(self, key: ApiKey | None, secret: str) -> str:
        if key is None or hash_token(secret) != key.secret_hash:
            return "unknown"
        if key.revoked_ms:
            return "revoked"
        return "expired" if key.expires_ms and self._clock.now_ms() >= key.expires_ms else "owner or project"

    def _shown(self, keys: list[ApiKey]) -> list[ApiKey]:
        seen = [
            msgspec.structs.replace(key, last_used_ms=max(key.last_used_ms, self._used.get(key.id, 0)))
            for key in keys
            if not key.revoked_ms
        ]
        return sorted(seen, key=lambda key: key.created_ms, reverse=True)

    def _owner(self, actor: Actor, project: str, owner_id: str | None) -> str:
        """Whose key it will be."""
        principal = actor.principal
        if principal.kind == "key":
            raise Forbidden("a key cannot make keys")
        if not self._directory.state.is_live(project) or principal.grant(project) is None:
            raise NotFound(f"there is no project {project!r}")
        if owner_id is not None and owner_id != principal.user_id:
            actor.require(Permission.INSTANCE_ADMIN)
            return owner_id
        return principal.user_id

    def _check(self, name: str, scopes: Sequence[str], expires_ms: int) -> None:
        if not name.strip() or len(name) > _MAX_NAME or not name.isprintable():
            raise BadData(f"the name of a key needs 1 to {_MAX_NAME} printable characters")
        if not scopes:
            raise BadData(f"a key needs at least one scope of {', '.join(SCOPES)}")
        for scope in scopes:
            if scope not in SCOPES:
                raise BadData(f"{scope!r} is no scope; there are {', '.join(SCOPES)}")
        if expires_ms < 0 or (expires_ms and expires_ms <= self._clock.now_ms()):
            raise BadData("a key must expire in the future, or never with 0")

    def _check_rights(self, owner_id: str, actor: Actor, project: str, scopes: Sequence[str]) -> None:
        holder = self._directory.state.user(owner_id) if owner_id else actor.principal
        if holder is None:
            raise NotFound(f"there is no user with id {owner_id!r}, or it is disabled")
        for scope in scopes:
            needed = _NEEDED[scope]
            if not holder.may(needed, project):
                raise Forbidden(
                    f"a key with scope {scope} needs {needed.value} in project {project}", permission=needed.value
                )

    def _check_room(self, connection: Connection, project: str) -> None:
        valid = sum(not key.revoked_ms for key in stored.every(connection, project))
        if valid >= MAX_KEYS_PER_PROJECT:
            raise BadData(f"project {project} has {valid} keys; revoke some first")
