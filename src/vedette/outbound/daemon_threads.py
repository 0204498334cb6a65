"""Threads for calls that may hang, such as name look-ups: bounded in number, and no hindrance to the process ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonThreads:
    """Runs each call on a thread of its own. An executor will not do: the interpreter waits for its threads at exit."""

    def __init__(self, limit: int) -> None:
        """At most `limit` calls run at one time; further ones wait for a place."""
        self._places = asyncio.Semaphore(limit)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The call's result or its exception. A cancelled caller leaves the thread to finish, with its place."""
        await self._places.acquire()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(deliver: Callable[[], None]) -> None:
            self._places.release()
            if not future.done():
                deliver()

        def work() -> None:
            try:
                result = call(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - handed to who asked
                failure = error
                finish: Callable[[], None] = lambda: future.set_exception(failure)  # noqa: E731 - one of two outcomes
            else:
                finish = lambda: future.set_result(result)  # noqa: E731 - one of two outcomes
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, finish)

        threading.Thread(target=work, name="outbound", daemon=True).start()
        return await future
