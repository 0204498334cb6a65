"""What is made when it is first asked for, because what it needs takes long to import."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """Call it to get the thing; whoever comes first makes it, all others wait for that."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None
        self._lock = threading.Lock()

    @property
    def made(self) -> T | None:
        """The thing, if somebody has asked for it."""
        return self._made

    def __call__(self) -> T:
        """The thing. What making it raises is raised to all who ask, and the next one tries again."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._make()
        return self._made
