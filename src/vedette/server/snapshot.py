"""A backup of everything as a data folder of its own: samples, catalog, and the key that the catalog's secrets need."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vedette.catalog.database import FILE_NAME, Catalog
from vedette.clock import Clock
from vedette.errors import Unavailable
from vedette.tsdb.db import Tsdb

_KEY: Final = Path("secrets", "instance.key")
_UNFINISHED: Final = ".unfinished"


class Snapshots:
    """Makes them below `snapshots` of a data folder."""

    def __init__(self, data: Path, store: Tsdb, catalog: Catalog, clock: Clock) -> None:
        self._data = data
        self._store = store
        self._catalog = catalog
        self._clock = clock

    def take(self) -> str:
        """Back up everything that is acknowledged now; the name of the new folder, which is there once it is whole.

        A catalog in PostgreSQL is not part of it. Raises Unavailable.
        """
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)
        name = f"{moment:%Y%m%dT%H%M%SZ}-{os.urandom(4).hex()}"
        final = self._data / "snapshots" / name
        making = final.with_name(name + _UNFINISHED)
        try:
            self._store.snapshot(making)
            self._catalog.back_up(making / FILE_NAME)
            self._copy_key(making)
            making.rename(final)
        except OSError as error:
            raise Unavailable(f"the snapshot {final} cannot be made: {error.strerror}") from error
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return name

    def _copy_key(self, target: Path) -> None:
        source = self._data / _KEY
        if not source.exists():
            return
        (target / _KEY).parent.mkdir(mode=0o700)
        descriptor = os.open(target / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, so that the mode is right from the first moment
            file.write(source.read_bytes())
            file.flush()
            os.fsync(descriptor)
