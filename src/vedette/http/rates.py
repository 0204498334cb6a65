"""Rate limits: a bucket for each class of routes and each key, user or address; who sends too much is told to wait."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final

import msgspec

from vedette.clock import Clock
from vedette.errors import TooBusy

MAX_BUCKETS: Final = 20_000
"""The bucket that was used least recently goes first; who comes back starts with a full one."""


class RateClass(Enum):
    """What a route is like to the server."""

    # As for permissions.
    __hash__ = object.__hash__

    INGEST = "ingest"
    QUERY = "query"
    CHANGE = "change"
    LOGIN = "login"
    PUBLIC = "public"


Rate = Annotated[float, msgspec.Meta(gt=0)]


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Requests per second that one key, user or address may send; ten seconds' worth may come at once."""

    ingest_per_s: Rate = 1000.0
    """Requests that bring samples; each message of a socket is one, too."""
    query_per_s: Rate = 200.0
    """Requests that only read; sockets and event streams count when they begin."""
    change_per_s: Rate = 20.0
    """Requests that change something."""
    login_per_s: Rate = 0.5
    """Attempts to sign in or to set up, by a provider of identities, too; of all people at one address together."""

    public_per_s: Rate = 50.0
    """Requests that public links bring, of all viewers at one address together."""


_BURST_S: Final = 10.0


class Rates:
    """Token buckets. Not thread-safe: asked in the event loop alone."""

    def __init__(self, settings: RateSettings, clock: Clock) -> None:
        self._clock = clock
        self._per_s = {
            RateClass.INGEST: settings.ingest_per_s,
            RateClass.QUERY: settings.query_per_s,
            RateClass.CHANGE: settings.change_per_s,
            RateClass.LOGIN: settings.login_per_s,
            RateClass.PUBLIC: settings.public_per_s,
        }
        # (class, who) -> [tokens, moment they were counted at]
        self._buckets: OrderedDict[tuple[RateClass, str], list[float]] = OrderedDict()

    def take(self, kind: RateClass, who: str) -> float:
        """Count a request; the present moment. Raises TooBusy with the time until the next one may come."""
        now_s = self._clock.monotonic_s()
        per_s = self._per_s[kind]
        key = (kind, who)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = [per_s * _BURST_S, now_s]
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        tokens = min(per_s * _BURST_S, bucket[0] + (now_s - bucket[1]) * per_s)
        bucket[1] = now_s
        if tokens < 1.0:
            bucket[0] = tokens
            limit = f"http.rates.{kind.value}_per_s"
            raise TooBusy(
                f"more than {per_s:g} requests a second of the kind {kind.value} ({limit})",
                limit=limit,
                value=per_s,
                retry_after_s=(1.0 - tokens) / per_s,
            )
        bucket[0] = tokens - 1.0
        return now_s
