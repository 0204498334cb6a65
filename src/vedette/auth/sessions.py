"""Sessions of browsers: looked up by the hash of their token, ended when idle or old, their tokens replaced hourly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.identified import Identified, SignedIn
from vedette.auth.settings import AuthSettings
from vedette.auth.state import State
from vedette.auth.tokens import MAX_TOKEN_LENGTH, hash_token, new_id, new_token
from vedette.catalog import sessions as stored
from vedette.catalog.records import Session, User
from vedette.clock import Clock
from vedette.errors import NotFound, VedetteError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MAX_USER_AGENT: Final = 256


class Sessions:
    """Begins, finds, renews and ends sessions. Look-ups touch memory only; the rest writes and belongs in a thread."""

    def __init__(self, directory: Directory, audit: Audit, clock: Clock, settings: AuthSettings) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._settings = settings
        self._seen: dict[str, int] = {}
        """When each session was last used, newer than what is stored."""
        self._unwritten: dict[str, int] = {}
        self._renewed: dict[str, int] = {}
        """When each session's token was last replaced, as far as this process knows."""
        self._replaced: dict[str, tuple[str, float]] = {}
        """Hashes of tokens that were replaced -> session and when they end, on the monotonic clock."""
        directory.observe(self._on_change)

    def by_token(self, token: str) -> Identified | None:
        """Whose token it is; O(1), no I/O. None: it is unknown, its session has ended, or its user is disabled."""
        state = self._directory.state
        token_hash = hash_token(token) if len(token) <= MAX_TOKEN_LENGTH else ""
        session = state.sessions.get(token_hash)
        is_newest = session is not None
        if session is None:
            session = self._by_replaced(token_hash, state)
        return self._identified(session, state, is_newest=is_newest)

    def by_id(self, session_id: str) -> Identified | None:
        """As `by_token`, for what was bound to a session before."""
        state = self._directory.state
        return self._identified(state.session_ids.get(session_id), state, is_newest=False)

    def begin(self, connection: Connection, user: User, method: str, actor: Actor) -> SignedIn:
        """A new session of a user, instead of the one the browser may have had."""
        now_ms = self._clock.now_ms()
        token = new_token()
        session = Session(
            id=new_id(),
            token_hash=hash_token(token),
            csrf_token=new_token(),
            user_id=user.id,
            method=method,
            created_ms=now_ms,
            last_seen_ms=now_ms,
            expires_ms=now_ms + self._settings.session_lifetime_ms,
            address=actor.address,
            user_agent=actor.user_agent[:_MAX_USER_AGENT],
        )
        if actor.session_id:
            stored.remove(connection, [actor.session_id])
        self._make_room(connection, user.id)
        stored.add(connection, session)
        return SignedIn(token=token, session=session, user=user)

    def rotate(self, session_id: str) -> str | None:
        """A new token for a session whose token is due; the old one works a little longer. None: another did it."""
        identified = self.by_id(session_id)
        session = identified.session if identified is not None else None
        if session is None or not self._is_due(session, self._clock.now_ms()):
            return None
        token = new_token()
        with self._directory.change() as connection:
            if not stored.replace_token(connection, session_id, session.token_hash, hash_token(token)):
                return None
        return token

    def of_user(self, user_id: str) -> list[Session]:
        """Sessions of a user that have not ended, the one used last first."""
        now_ms = self._clock.now_ms()
        state = self._directory.state
        found = [session for session in state.session_ids.values() if session.user_id == user_id]
        current = [self._as_seen(session) for session in found if not self._has_ended(session, now_ms)]
        return sorted(current, key=lambda session: session.last_seen_ms, reverse=True)

    def revoke(self, actor: Actor, session_id: str) -> None:
        """End one of the actor's own sessions; a key has none. Raises NotFound for any other."""
        session = self._directory.state.session_ids.get(session_id)
        if session is None or actor.principal.kind != "user" or session.user_id != actor.principal.id:
            raise NotFound("no such session")
        with self._directory.change() as connection:
            stored.remove(connection, [session_id])
            self._audit.note_in(connection, actor, "session.revoke", object_kind="session", object_id=session_id)

    def revoke_others(self, actor: Actor) -> int:
        """End all sessions of the actor but the present one; how many there were. Raises NotFound for a key."""
        if actor.principal.kind != "user":
            raise NotFound("only users have sessions")
        with self._directory.change() as connection:
            ended = stored.remove_of_user(connection, actor.principal.user_id, but=actor.session_id)
            self._audit.note_in(connection, actor, "session.revoke_others", detail={"sessions": ended})
        return ended

    def write_back(self) -> None:
        """Store when sessions were used last; one transaction however many."""
        taken, self._unwritten = self._unwritten, {}
        # A copy: whoever looked up at this very moment may still write into the one that was taken.
        unwritten = dict(taken)
        if not unwritten:
            return
        try:
            with self._directory.write() as connection:
                stored.note_seen(connection, unwritten)
        except VedetteError:
            self._unwritten = {**unwritten, **self._unwritten}
            raise

    def sweep(self) -> int:
        """Delete sessions that have ended; how many there were."""
        now_ms = self._clock.now_ms()
        ended = [s.id for s in self._directory.state.session_ids.values() if self._has_ended(s, now_ms)]
        if ended:
            self.write_back()
            with self._directory.change() as connection:
                stored.remove_expired(connection, now_ms, self._settings.session_idle_ms)
        return len(ended)

    def _identified(self, session: Session | None, state: State, *, is_newest: bool) -> Identified | None:
        now_ms = self._clock.now_ms()
        if session is None or self._has_ended(session, now_ms):
            return None
        principal = state.user(session.user_id)
        if principal is None:
            return None
        self._seen[session.id] = self._unwritten[session.id] = now_ms
        due = is_newest and self._is_due(session, now_ms)
        return Identified(principal=principal, session=session, csrf=session.csrf_token, rotation_due=due)

    def _by_replaced(self, token_hash: str, state: State) -> Session | None:
        session_id, end_s = self._replaced.get(token_hash, ("", 0.0))
        return state.session_ids.get(session_id) if self._clock.monotonic_s() < end_s else None

    def _has_ended(self, session: Session, now_ms: int) -> bool:
        seen_ms = max(session.last_seen_ms, self._seen.get(session.id, 0))
        return now_ms >= session.expires_ms or now_ms - seen_ms >= self._settings.session_idle_ms

    def _is_due(self, session: Session, now_ms: int) -> bool:
        renewed_ms = self._renewed.get(session.id, session.created_ms)
        return now_ms - renewed_ms >= self._settings.session_rotation_ms

    def _as_seen(self, session: Session) -> Session:
        seen_ms = max(session.last_seen_ms, self._seen.get(session.id, 0))
        return msgspec.structs.replace(session, last_seen_ms=seen_ms)

    def _make_room(self, connection: Connection, user_id: str) -> None:
        sessions = self.of_user(user_id)
        stored.remove(connection, [session.id for session in sessions[self._settings.max_sessions_per_user - 1 :]])

    def _on_change(self, before: State, after: State) -> None:
        """Keep the old tokens of sessions that got a new one for a while, whichever process replaced them."""
        now_s = self._clock.monotonic_s()
        end_s = now_s + self._settings.session_rotation_grace_ms / 1000
        self._replaced = {token: item for token, item in self._replaced.items() if item[1] > now_s}
        for session_id, session in after.session_ids.items():
            old = before.session_ids.get(session_id)
            if old is not None and old.token_hash != session.token_hash:
                self._replaced[old.token_hash] = (session_id, end_s)
                self._renewed[session_id] = self._clock.now_ms()
        for gone in before.session_ids.keys() - after.session_ids.keys():
            self._seen.pop(gone, None)
            self._unwritten.pop(gone, None)
            self._renewed.pop(gone, None)
