"""The secret of this instance: made on first use, kept beside the data, and what seals and keys are derived from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from vedette.errors import Corruption, Unavailable

KEY_BYTES: Final = 32
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_NONCE_BYTES: Final = 12


class InstanceKey:
    """32 random bytes in `<data>/secrets/instance.key`; never leaves the process but as keys derived from it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES or not any(key):
            raise Corruption(f"the instance key must be {KEY_BYTES} random bytes")
        self._key = key

    @classmethod
    def of(cls, data: Path) -> InstanceKey:
        """The key of a data folder, made when it has none. Raises Corruption when the file is no key, Unavailable."""
        folder = secrets_folder(data)
        path = folder / "instance.key"
        try:
            if not path.exists():
                _create(path, secrets.token_bytes(KEY_BYTES))
            path.chmod(_FILE_MODE)
            key = path.read_bytes()
        except OSError as error:
            raise Unavailable(f"{path}: {error.strerror}") from error
        try:
            return cls(key)
        except Corruption as error:
            raise Corruption(f"{path}: {error.message}; bring it back from a backup") from None

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, the same each time (HKDF-SHA256, one block)."""
        extracted = hmac.digest(b"vedette", self._key, hashlib.sha256)
        return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)

    def seal(self, text: str, purpose: str) -> str:
        """Text -> what only this instance can read, bound to its purpose (AES-256-GCM)."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - not on the way to ready

        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.derive("seal")).encrypt(nonce, text.encode(), purpose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, purpose: str) -> str:
        """What `seal` made -> the text. Raises Corruption when it was made by another instance or changed."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

        try:
            data = base64.urlsafe_b64decode(sealed)
            cipher = AESGCM(self.derive("seal"))
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error):
            raise Corruption("a sealed secret does not open with this instance's key") from None


def secrets_folder(data: Path) -> Path:
    """`<data>/secrets`, made when missing, for its owner alone. Raises Unavailable."""
    folder = data / "secrets"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        folder.chmod(_FOLDER_MODE)
    except OSError as error:
        raise Unavailable(f"{folder}: {error.strerror}") from error
    return folder


def replace_secret_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    _write(temporary, content)
    temporary.replace(path)


def _create(path: Path, content: bytes) -> None:
    """Make a file unless another process just did; never half a file under the final name."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    _write(temporary, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
