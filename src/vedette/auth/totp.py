"""The second factor: codes of an app by the time (TOTP), and recovery codes for when the app is lost."""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
import threading
from typing import TYPE_CHECKING, Final

import msgspec

from vedette.auth.actor import Actor
from vedette.auth.audit import Audit
from vedette.auth.directory import Directory
from vedette.auth.instance_key import InstanceKey
from vedette.auth.permission import Permission
from vedette.catalog import users as stored
from vedette.catalog.records import User
from vedette.clock import Clock
from vedette.errors import BadData, Conflict, Forbidden, Unauthenticated

if TYPE_CHECKING:
    from sqlalchemy import Connection

STEP_S: Final = 30
RECOVERY_CODES: Final = 10
_DIGITS: Final = 6
_DRIFT_STEPS: Final = 1
_PENDING_S: Final = 600.0
_MAX_PENDING: Final = 1000
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ISSUER: Final = "Vedette"


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What an app needs; shown once."""

    secret: str
    uri: str
    """`otpauth://...`"""
    qr_svg: str
    """The same as a picture."""


class SecondFactor:
    """Adds, checks and removes second factors; everything here belongs in a thread."""

    def __init__(self, directory: Directory, audit: Audit, clock: Clock, key: InstanceKey) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._key = key
        self._pending: dict[str, tuple[str, float]] = {}
        """Secrets by user that an app was shown but has not proved to know, and when they end."""
        self._lock = threading.Lock()

    def begin(self, user: User) -> Enrolment:
        """A secret for an app; nothing changes until `confirm`. Raises Conflict when there is a second factor."""
        import pyotp  # noqa: PLC0415 - not on the way to ready
        import segno  # noqa: PLC0415 - as above

        if user.totp_secret:
            raise Conflict("there is a second factor already; remove it first")
        secret = pyotp.random_base32()
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._pending = {who: item for who, item in self._pending.items() if item[1] > now_s}
            if len(self._pending) >= _MAX_PENDING:
                self._pending.pop(next(iter(self._pending)))
            self._pending[user.id] = (secret, now_s + _PENDING_S)
        uri = pyotp.TOTP(secret, digits=_DIGITS, interval=STEP_S).provisioning_uri(name=user.name, issuer_name=_ISSUER)
        picture = io.BytesIO()
        segno.make(uri, micro=False).save(
            picture, kind="svg", xmldecl=False, scale=4, border=2, dark="#000", light="#fff"
        )
        return Enrolment(secret=secret, uri=uri, qr_svg=picture.getvalue().decode())

    def confirm(self, actor: Actor, user_id: str, code: str) -> list[str]:
        """Switch one's own on with a code of the app; the recovery codes, shown once. Raises BadData, Conflict."""
        if actor.principal.kind != "user" or actor.principal.id != user_id:
            raise Forbidden("a second factor is switched on by whoever has it")
        secret, end_s = self._pending.get(user_id, ("", 0.0))
        if self._clock.monotonic_s() >= end_s:
            raise BadData("begin again: no second factor is being added, or it took too long")
        step = self._step_of(secret, code, after=0)
        if step is None:
            raise BadData("the code is not right; check the clock of the device")
        codes = _new_recovery_codes()
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            if user.totp_secret:
                raise Conflict("there is a second factor already; remove it first")
            changed = msgspec.structs.replace(
                user,
                totp_secret=self._key.seal(secret, _purpose(user_id)),
                totp_last_step=step,
                recovery_hashes=tuple(map(self._hash, codes)),
            )
            stored.replace(connection, changed)
            self._audit.note_in(connection, actor, "user.totp.add", object_kind="user", object_id=user_id)
        self._pending.pop(user_id, None)
        return codes

    def remove(self, actor: Actor, user_id: str) -> None:
        """Do without, at once; of others only whoever administers the instance. The caller has asked for a password."""
        if actor.principal.kind != "user" or actor.principal.id != user_id:
            actor.require(Permission.INSTANCE_ADMIN)
        with self._directory.change() as connection:
            user = stored.get(connection, user_id)
            changed = msgspec.structs.replace(user, totp_secret="", totp_last_step=0, recovery_hashes=())
            stored.replace(connection, changed)
            self._audit.note_in(connection, actor, "user.totp.remove", object_kind="user", object_id=user_id)

    def use_in(self, connection: Connection, user_id: str, code: str) -> tuple[User, str]:
        """Use up a code of the app or a recovery code: the user as stored then, and `totp` or `recovery`.

        Within a transaction that writes, so that of two who send one code at a time one is refused.
        Raises Unauthenticated with reason `second_factor`.
        """
        user = stored.get(connection, user_id)
        plain = "".join(code.split()).replace("-", "").lower()
        step = self._step_of(self._key.unseal(user.totp_secret, _purpose(user.id)), plain, after=user.totp_last_step)
        if step is not None:
            changed = msgspec.structs.replace(user, totp_last_step=step)
            stored.replace(connection, changed)
            return changed, "totp"
        used = self._hash(plain)
        left = tuple(known for known in user.recovery_hashes if not hmac.compare_digest(known, used))
        if len(left) == len(user.recovery_hashes):
            raise Unauthenticated("the code is not right or was used before", reason="second_factor")
        changed = msgspec.structs.replace(user, recovery_hashes=left)
        stored.replace(connection, changed)
        return changed, "recovery"

    def _step_of(self, secret: str, code: str, after: int) -> int | None:
        """The time step whose code it is, of the present one and its neighbours; None: of none that is still unused."""
        import pyotp  # noqa: PLC0415 - not on the way to ready

        if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
            return None
        totp = pyotp.TOTP(secret, digits=_DIGITS, interval=STEP_S)
        now = self._clock.now_ms() // 1000 // STEP_S
        found = None
        for step in range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1):
            if hmac.compare_digest(totp.generate_otp(step), code) and step > after:
                found = step
        return found

    def _hash(self, recovery_code: str) -> str:
        """Keyed: 49 random bits alone could be found from their hash."""
        plain = recovery_code.replace("-", "").encode("utf-8", "replace")
        return hmac.new(self._key.derive("recovery codes"), plain, hashlib.sha256).hexdigest()


def _new_recovery_codes() -> list[str]:
    texts = ("".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES))
    return [f"{text[:5]}-{text[5:]}" for text in texts]


def _purpose(user_id: str) -> str:
    return f"totp {user_id}"
