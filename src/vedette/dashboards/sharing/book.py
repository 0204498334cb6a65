"""What was given away, in memory: whose a token is, and whether what it opens may still be seen.

A link has the rights of whoever made it, as they are now: it ends when they may no longer ask, and is narrowed as they
are.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from vedette.auth.permission import Permission
from vedette.auth.principal import Principal
from vedette.auth.tokens import MAX_TOKEN_LENGTH, hash_token, new_id, new_token
from vedette.catalog.database import Catalog
from vedette.catalog.records import Share
from vedette.clock import Clock
from vedette.dashboards.sharing.frozen import Frozen, Opened, opened
from vedette.dashboards.sharing.settings import DAY_MS, SharingSettings
from vedette.dashboards.sharing.snapshots import packed, unpacked
from vedette.errors import BadData, Forbidden, LimitExceeded, NotFound, Unavailable
from vedette.model.matcher import Matcher

if TYPE_CHECKING:
    from sqlalchemy import Connection

LINK: Final = "link"
SNAPSHOT: Final = "snapshot"
_FAMILY: Final = "shares"
_MAX_OPENED: Final = 64
_MIN_LIFETIME_MS: Final = 60_000
_REMEMBERED_MS: Final = 7 * DAY_MS
"""So long what has expired is still listed."""
_WRITE_BACK_S: Final = 15.0
_SWEEP_S: Final = 600.0
_MAX_LISTED: Final = 1_000
_MAX_FROZEN_BYTES: Final = 2**22
PREFIXES: Final = {LINK: "vsl_", SNAPSHOT: "vss_"}
"""What tokens begin with, so that the page knows what it opens."""

Also = Callable[["Connection", Share], None]
"""To be done in the transaction of a change, such as a line of the audit log."""


class People(Protocol):
    """Who there is; memory only."""

    def has_project(self, name: str) -> bool:
        """Whether there is such a project, and not deleted."""
        ...

    def principal(self, kind: str, principal_id: str) -> Principal | None:
        """A user or key as it is now; None: it has ended."""
        ...


class NewShare(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to be given away."""

    title: str
    dashboard: str
    is_live: bool = False
    lifetime_ms: int
    is_public: bool


class ShareBook:
    """Thread-safe. `by_token`, `narrowing` and `note_seen` touch memory only; all else belongs in a thread."""

    def __init__(self, catalog: Catalog, clock: Clock, settings: SharingSettings, people: People) -> None:
        self._catalog = catalog
        self._clock = clock
        self._people = people
        self.settings = settings
        self._epoch = -1
        self._by_hash: dict[str, Share] = {}
        self._by_id: dict[str, Share] = {}
        self._opened: OrderedDict[str, Opened] = OrderedDict()
        self._seen: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self._next_write_back_s = clock.monotonic_s() + _WRITE_BACK_S
        self._next_sweep_s = clock.monotonic_s()

    # Memory only.

    @property
    def is_loaded(self) -> bool:
        """Whether the catalog has been read."""
        return self._epoch >= 0

    def by_token(self, kind: str, token: str) -> Share:
        """What a token opens. Raises NotFound, the same whatever is wrong with it."""
        share = self._by_hash.get(hash_token(token)) if 0 < len(token) <= MAX_TOKEN_LENGTH else None
        if share is None or share.kind != kind or not self.is_open(share):
            raise NotFound("there is nothing behind this link: it is wrong, has expired or was revoked")
        return share

    def is_open(self, share: Share) -> bool:
        """Whether what was found is still there for those outside."""
        known = self._by_id.get(share.id)
        return (
            self.settings.public_links
            and known is not None
            and known.token_hash == share.token_hash
            and share.expires_ms > self._clock.now_ms()
            and self._people.has_project(share.project)
            and (share.kind != LINK or self.narrowing(share) is not None)
        )

    def narrowing(self, share: Share) -> tuple[Matcher, ...] | None:
        """What the questions of a link are narrowed by; None: whoever made it may no longer ask."""
        owner = self._people.principal(share.owner_kind, share.owner_id)
        if owner is None or not owner.may(Permission.METRICS_READ, share.project):
            return None
        return owner.narrowing(share.project)

    def owner_may(self, share: Share, permission: Permission) -> bool:
        """Whether whoever made it has that right now."""
        owner = self._people.principal(share.owner_kind, share.owner_id)
        return owner is not None and owner.may(permission, share.project)

    def note_seen(self, share: Share) -> None:
        """Somebody opened it."""
        with self._lock:
            _, views = self._seen.get(share.id, (0, 0))
            self._seen[share.id] = (self._clock.now_ms(), views + 1)

    # In a thread.

    def refresh(self) -> None:
        """Take over what changed, whichever process changed it. Raises Unavailable."""
        from vedette.catalog import shares as rows  # noqa: PLC0415 - SQLAlchemy must not delay the start

        epoch = self._catalog.epoch(_FAMILY)
        if epoch == self._epoch:
            return
        with self._catalog.read() as connection:
            found = rows.every(connection)
        with self._lock:
            self._by_hash = {share.token_hash: share for share in found}
            self._by_id = {share.id: share for share in found}
            for share_id in [one for one in self._opened if one not in self._by_id]:
                del self._opened[share_id]
            self._epoch = epoch

    def tick(self) -> None:
        """To be called every second. Raises Unavailable."""
        self.refresh()
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_write_back_s:
            self._next_write_back_s = now_s + _WRITE_BACK_S
            self.write_back()
        if now_s >= self._next_sweep_s:
            self._next_sweep_s = now_s + _SWEEP_S
            self.sweep()

    def write_back(self) -> None:
        """Keep when what was seen. Raises Unavailable."""
        from vedette.catalog import shares as rows  # noqa: PLC0415 - as above

        with self._lock:
            seen, self._seen = self._seen, {}
        if seen:
            with self._catalog.begin() as connection:
                rows.note_seen(connection, seen)

    def close(self) -> None:
        """Keep what waits; what cannot be kept now is lost, and nothing depends on it."""
        with contextlib.suppress(Unavailable):
            self.write_back()

    def sweep(self) -> None:
        """Forget what expired some time ago. Raises Unavailable."""
        from vedette.catalog import shares as rows  # noqa: PLC0415 - as above

        with self._catalog.begin() as connection:
            rows.forget(connection, self._clock.now_ms() - _REMEMBERED_MS)
        self.refresh()

    def of_project(self, project: str, kind: str) -> list[Share]:
        """Newest first, with what has been seen since."""
        from vedette.catalog import shares as rows  # noqa: PLC0415 - as above

        self.write_back()
        with self._catalog.read() as connection:
            return rows.of_project(connection, project, kind, _MAX_LISTED)

    def public_dashboards(self, project: str) -> set[str]:
        """Ids of those that somebody outside sees by a link of now."""
        return {share.dashboard for share in self.of_project(project, LINK) if share.dashboard and self.is_open(share)}

    def get(self, project: str, kind: str, share_id: str) -> Share:
        """Raises NotFound, also for one of another project."""
        with self._catalog.read() as connection:
            return _get(connection, project, kind, share_id)

    def open(self, share: Share) -> Opened:
        """The frozen dashboard of a link. Raises NotFound."""
        with self._lock:
            known = self._opened.get(share.id)
            if known is not None:
                self._opened.move_to_end(share.id)
                return known
        known = opened(unpacked(self.content(share)))
        with self._lock:
            self._opened[share.id] = known
            while len(self._opened) > _MAX_OPENED:
                self._opened.popitem(last=False)
        return known

    def content(self, share: Share) -> bytes:
        """As it is kept, compressed. Raises NotFound."""
        from vedette.catalog import shares as rows  # noqa: PLC0415 - as above

        with self._catalog.read() as connection:
            found = rows.content(connection, share.id)
        if found is None:
            raise NotFound(f"there is no {share.kind} {share.id!r}")
        return found

    def create_link(self, project: str, new: NewShare, frozen: Frozen, by: Principal, also: Also) -> tuple[Share, str]:
        """A link and its token, which is told only now. Raises BadData, Forbidden, LimitExceeded, NotFound."""
        content = packed(msgspec.json.encode(frozen), _MAX_FROZEN_BYTES)
        return self._create(project, LINK, new, content, (), by, also)

    def create_snapshot(
        self, project: str, new: NewShare, content: bytes, narrowing: tuple[str, ...], by: Principal, also: Also
    ) -> tuple[Share, str]:
        """A snapshot and its token, if it is public. `content` is compressed. Raises as `create_link`."""
        return self._create(project, SNAPSHOT, new, content, narrowing, by, also)

    def _create(
        self,
        project: str,
        kind: str,
        new: NewShare,
        content: bytes,
        narrowing: tuple[str, ...],
        by: Principal,
        also: Also,
    ) -> tuple[Share, str]:
        from vedette.catalog import document_rows, shares  # noqa: PLC0415 - as above

        self._check_lifetime(new.lifetime_ms)
        token = self._new_token(kind) if new.is_public else ""
        now_ms = self._clock.now_ms()
        share = Share(
            id=new_id(),
            project=project,
            kind=kind,
            token_hash=hash_token(token) if token else "",
            title=new.title,
            dashboard=new.dashboard,
            is_live=new.is_live,
            owner_kind=by.kind,
            owner_id=by.id,
            narrowing=narrowing,
            size_bytes=len(content),
            created_ms=now_ms,
            created_by=by.name,
            expires_ms=now_ms + new.lifetime_ms,
        )
        with self._catalog.begin() as connection:
            document_rows.check_project(connection, project)
            shares.forget(connection, now_ms - _REMEMBERED_MS)
            _check_dashboard(connection, project, new.dashboard)
            self._check_room(shares.count(connection, project, kind), project, kind)
            shares.add(connection, share, content)
            also(connection, share)
        self.refresh()
        return share, token

    def set_public(self, project: str, share_id: str, also: Also) -> tuple[Share, str]:
        """A new token of a snapshot; the one before opens nothing from now on. Raises NotFound, Forbidden."""
        token = self._new_token(SNAPSHOT)
        return self._set_token(project, share_id, hash_token(token), also), token

    def set_private(self, project: str, share_id: str, also: Also) -> Share:
        """Nobody opens a snapshot without signing in any more. Raises NotFound."""
        return self._set_token(project, share_id, "", also)

    def _set_token(self, project: str, share_id: str, token_hash: str, also: Also) -> Share:
        from vedette.catalog import shares  # noqa: PLC0415 - as above

        with self._catalog.begin() as connection:
            share = msgspec.structs.replace(_get(connection, project, SNAPSHOT, share_id), token_hash=token_hash)
            shares.set_token(connection, share, token_hash)
            also(connection, share)
        self.refresh()
        return share

    def remove(self, project: str, kind: str, share_id: str, also: Also) -> Share:
        """For good; who has it open loses it within seconds. Raises NotFound."""
        from vedette.catalog import shares  # noqa: PLC0415 - as above

        with self._catalog.begin() as connection:
            share = _get(connection, project, kind, share_id)
            shares.remove(connection, share)
            also(connection, share)
        self.refresh()
        return share

    def _new_token(self, kind: str) -> str:
        if not self.settings.public_links:
            raise Forbidden("sharing.public_links is off: nothing is shown without signing in")
        return PREFIXES[kind] + new_token()

    def _check_lifetime(self, lifetime_ms: int) -> None:
        most_ms = self.settings.max_lifetime_ms
        if not _MIN_LIFETIME_MS <= lifetime_ms <= most_ms:
            raise BadData(f"expires_in_ms: expected {_MIN_LIFETIME_MS} to sharing.max_lifetime = {most_ms}")

    def _check_room(self, there: int, project: str, kind: str) -> None:
        name = f"max_{kind}s"
        most = self.settings.max_links if kind == LINK else self.settings.max_snapshots
        if there >= most:
            raise LimitExceeded(
                f"project {project!r} has {there} {kind}s, as many as sharing.{name} allows: remove some",
                limit=f"sharing.{name}",
                value=most,
            )


def narrowing_texts(matchers: tuple[Matcher, ...]) -> tuple[str, ...]:
    """Matchers as they are kept with a snapshot."""
    return tuple(msgspec.json.encode((one.name, one.op, one.value)).decode() for one in matchers)


def may_see(share: Share, matchers: tuple[Matcher, ...]) -> bool:
    """Whether somebody who is narrowed sees nothing in a snapshot that their role hides from them."""
    return set(narrowing_texts(matchers)) <= set(share.narrowing)


def _get(connection: Connection, project: str, kind: str, share_id: str) -> Share:
    from vedette.catalog import shares  # noqa: PLC0415 - SQLAlchemy must not delay the start

    found = shares.find(connection, project, kind, share_id)
    if found is None:
        raise NotFound(f"there is no {kind} {share_id[:100]!r}")
    return found


def _check_dashboard(connection: Connection, project: str, dashboard: str) -> None:
    """What is given away is of the same project."""
    from vedette.catalog import document_rows  # noqa: PLC0415 - as above

    if not dashboard:
        return
    found = document_rows.find(connection, "dashboard", project, dashboard)
    if found is None or found.deleted_ms:
        raise NotFound(f"dashboard: there is none with id {dashboard!r}")
