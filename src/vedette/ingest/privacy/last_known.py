"""The rules that were read last, in a small file beside the catalog: they hold while the catalog cannot be opened."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vedette.ingest.privacy.rule import PrivacyRule

_log = structlog.get_logger(__name__)
FILE_NAME: Final = "privacy-rules.json"
_OWNER_ONLY: Final = 0o600
Remembered = dict[str, list[tuple[str, PrivacyRule]]]
"""By project: (id, rule)."""


class LastKnown:
    """One file; only its owner may read it, as patterns can name people."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def read(self) -> Remembered:
        """What was written last; nothing when there is no file, or one that cannot be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log.error("last_privacy_rules_not_readable", path=str(self._path), error=str(error))
            return {}

    def write(self, rules: Mapping[str, Sequence[tuple[str, PrivacyRule]]]) -> None:
        """Replace the file, whole or not at all, where it says something else; what cannot be written is logged."""
        content = msgspec.json.encode(rules)
        temporary = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}.tmp")
        try:
            if self._path.exists() and self._path.read_bytes() == content:
                return
            if not rules and not self._path.exists():
                return
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            _log.error("last_privacy_rules_not_written", path=str(self._path), error=str(error))
            temporary.unlink(missing_ok=True)
