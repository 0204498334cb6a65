"""Progress on a terminal's standard error; silent when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """A bar that grows."""

    def advance(self, done: int, note: str = "", total: int | None = None) -> None:
        """Add what has been done since the last call; `total` may become known or change on the way."""
        ...


class _Silent:
    def advance(self, done: int, note: str = "", total: int | None = None) -> None:
        """Nobody watches."""


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """A spinner while something of unknown length goes on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def bar(text: str, total: int | None = None) -> Iterator[Bar]:
    """A bar towards `total`, a moving one while that is not known."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    class Growing:
        def __init__(self, progress: Progress, task: TaskID) -> None:
            self._progress = progress
            self._task = task

        def advance(self, done: int, note: str = "", total: int | None = None) -> None:
            if total is not None:
                self._progress.update(self._task, total=total)
            self._progress.update(self._task, advance=done, note=note)

    note = TextColumn("{task.fields[note]}")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), note)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Growing(progress, progress.add_task(text, total=total, note=""))
