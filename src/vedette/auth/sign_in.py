"""Signing in by password and second factor; every way of failing looks the same and takes as long."""

from __future__ import annotations

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import REFUSED, Audit
from vedette.auth.directory import Directory
from vedette.auth.identified import SignedIn
from vedette.auth.passwords import Passwords
from vedette.auth.principal import Principal
from vedette.auth.sessions import Sessions
from vedette.auth.throttle import Throttle
from vedette.auth.totp import SecondFactor
from vedette.auth.users import Users
from vedette.catalog import users as stored
from vedette.catalog.records import User
from vedette.clock import Clock
from vedette.errors import BadData, NotFound, TooBusy, Unauthenticated


class SignIn:
    """Everything here takes a tenth of a second and belongs in a thread."""

    def __init__(
        self,
        directory: Directory,
        audit: Audit,
        clock: Clock,
        passwords: Passwords,
        throttle: Throttle,
        sessions: Sessions,
        second_factor: SecondFactor,
        users: Users,
    ) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions
        self._second_factor = second_factor
        self._users = users

    def by_password(self, name: str, password: str, code: str, actor: Actor) -> SignedIn:
        """Begin a session. `code` is of the second factor, empty where the user was not asked yet.

        Raises Unauthenticated (`invalid`, or `second_factor` when a code is needed or wrong), TooBusy.
        """
        # Before anything is counted: spaces and capitals do not make another name.
        name = name.strip().lower()
        self._attempt(name, actor)
        user = self._checked(name, password, actor)
        if user.totp_secret and not code:
            self._throttle.undecided(name, actor.address)
            raise Unauthenticated("enter the code of the second factor", reason="second_factor")
        try:
            signed_in = self._begin(user, password, code, actor)
        except Unauthenticated as error:
            detail = {"name": user.name, "why": "second factor"}
            self._audit.note(actor, "login", object_kind="user", object_id=user.id, result=REFUSED, detail=detail)
            raise error from None
        self._throttle.succeeded(name, actor.address)
        return signed_in

    def begin(self, user_id: str, method: str, actor: Actor) -> SignedIn:
        """A session of somebody who has proved otherwise who they are. Raises Unauthenticated, NotFound."""
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            if user.disabled_ms:
                raise Unauthenticated("the user is disabled", reason="invalid")
            signed_in = self._sessions.begin(connection, user, method, actor)
            stored.note_logins(connection, {user.id: self._clock.now_ms()})
            self._audit.note_in(
                connection,
                msgspec.structs.replace(actor, principal=_principal(user)),
                "login",
                object_kind="user",
                object_id=user.id,
                detail={"name": user.name, "method": method},
            )
        return signed_in

    def confirm(self, actor: Actor, password: str) -> User:
        """Make sure that the person at a signed-in browser knows the password. Raises Unauthenticated, TooBusy."""
        user = self._own(actor)
        self._attempt(user.name, actor)
        if not self._passwords.verify(user.password_hash, password):
            self._audit.note(actor, "password.confirm", object_kind="user", object_id=user.id, result=REFUSED)
            raise Unauthenticated("the password is wrong", reason="invalid")
        self._throttle.succeeded(user.name, actor.address)
        return user

    def change_password(self, actor: Actor, old: str, new: str) -> SignedIn:
        """Change one's own password; all sessions end, a new one begins. Raises Unauthenticated, BadData."""
        self._passwords.accept(new, self._own(actor).name)
        user = self.confirm(actor, old)
        if old == new:
            raise BadData("the new password is the old one")
        password_hash = self._passwords.hash(new, user.name)
        present = self._sessions.by_id(actor.session_id)
        with self._directory.change() as connection:
            user = self._users.set_password_in(connection, actor, stored.get(connection, user.id), password_hash)
            method = present.session.method if present is not None and present.session is not None else "password"
            return self._sessions.begin(connection, user, method, actor)

    def _attempt(self, name: str, actor: Actor) -> None:
        try:
            self._throttle.attempt(name, actor.address)
        except TooBusy:
            # Of names that are not there nothing is noted: people type passwords into the wrong field.
            user_id = self._directory.state.user_ids.get(name, "")
            detail = {"name": name} if user_id else {}
            self._audit.later(
                actor, "login.delayed", object_kind="user", object_id=user_id, result=REFUSED, detail=detail
            )
            raise

    def _checked(self, name: str, password: str, actor: Actor) -> User:
        """The user whose password it is; the same work whether they exist or not."""
        state = self._directory.state
        user = state.users.get(state.user_ids.get(name, ""))
        password_hash = user.password_hash if user is not None else ""
        is_right = self._passwords.verify(password_hash, password)
        if user is None or not is_right or user.disabled_ms:
            why = "no such user" if user is None else "disabled" if is_right else "password"
            self._audit.note(
                actor,
                "login",
                object_kind="user",
                object_id=user.id if user else "",
                result=REFUSED,
                detail={"name": user.name if user else "", "why": why},
            )
            raise Unauthenticated("the name or the password is wrong", reason="invalid")
        return user

    def _begin(self, user: User, password: str, code: str, actor: Actor) -> SignedIn:
        newer_hash = ""
        if self._passwords.is_outdated(user.password_hash):
            newer_hash = self._passwords.hash_again(password)
        with self._directory.change() as connection:
            now = stored.get(connection, user.id)
            if now.disabled_ms or now.password_hash != user.password_hash:
                raise Unauthenticated("the name or the password is wrong", reason="invalid")
            method = "password"
            if now.totp_secret:
                now, used = self._second_factor.use_in(connection, user.id, code)
                method = f"password+{used}"
            if newer_hash:
                now = msgspec.structs.replace(now, password_hash=newer_hash)
                stored.replace(connection, now)
            signed_in = self._sessions.begin(connection, now, method, actor)
            stored.note_logins(connection, {user.id: self._clock.now_ms()})
            self._audit.note_in(
                connection,
                msgspec.structs.replace(actor, principal=_principal(now)),
                "login",
                object_kind="user",
                object_id=user.id,
                detail={"name": user.name, "method": method},
            )
        return signed_in

    def _own(self, actor: Actor) -> User:
        if actor.principal.kind != "user":
            raise NotFound("only users have a profile")
        return self._users.get(actor.principal.id)


def _principal(user: User) -> Principal:
    """For the log: who has just signed in."""
    return Principal(kind="user", id=user.id, name=user.name, grants={})
