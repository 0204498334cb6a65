"""One process for a folder: an advisory lock that names its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from vedette.errors import Conflict, Unavailable


class FolderLock:
    """Holds the lock file until `release`; the kernel releases it when the process ends in any way."""

    def __init__(self, path: Path) -> None:
        """Raises Conflict when another process has the folder open, Unavailable when it cannot be written."""
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Unavailable(f"data folder {path.parent} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._descriptor)
            raise Conflict(
                f"data folder {path.parent} is in use by process {holder}; stop it first or choose another folder"
            ) from error
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._descriptor)
            raise Unavailable(f"data folder {path.parent} cannot be written: {error.strerror}") from error

    def release(self) -> None:
        """Let another process have the folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
