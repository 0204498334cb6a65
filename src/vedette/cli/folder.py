"""A data folder without its server: opened for one command, with the settings that would serve it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from vedette.clock import SystemClock
from vedette.errors import Conflict, NotFound
from vedette.tsdb.db import Tsdb
from vedette.tsdb.settings import TsdbSettings


@contextmanager
def open_folder(data: Path, settings: TsdbSettings | None = None, *, create: bool = False) -> Iterator[Tsdb]:
    """The store of a folder. Raises NotFound without a folder, Conflict while a server uses it."""
    if not create and not (data / "projects").is_dir():
        raise NotFound(f"{data} is no data folder of Vedette")
    quiet = dataclasses.replace(settings or TsdbSettings(), background=False)
    try:
        store = Tsdb(data, quiet, SystemClock(), CollectorRegistry())
    except Conflict as error:
        raise Conflict(f"{error.message}, or talk to the server with --url") from None
    try:
        yield store
    finally:
        store.close()
