"""`/api/v1/preferences`: what whoever asks likes to find first in the project."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.auth.principal import Principal
from vedette.dashboards.preferences import ChangedPreferences, PreferenceBook
from vedette.http.gate import caller
from vedette.http.json_requests import Threads, answer, read_body

_PATH = "/api/v1/preferences"


class PreferenceRoutes:
    """Endpoints."""

    def __init__(self, book: PreferenceBook, threads: Threads) -> None:
        self._book = book
        self._threads = threads

    async def get(self, request: Request) -> Response:
        """Empty for who has chosen nothing."""
        who = caller(request.scope)
        return answer(await self._threads.run(lambda: self._book.of(_person(who.principal), who.project)))

    async def change(self, request: Request) -> Response:
        """What is not sent stays."""
        who, change = caller(request.scope), await read_body(request, ChangedPreferences)
        return answer(await self._threads.run(lambda: self._book.change(_person(who.principal), who.project, change)))


def _person(principal: Principal) -> str:
    """A key acts for its owner; one without an owner, and everybody where nobody signs in, are persons of their own."""
    return principal.user_id or f"{principal.kind}:{principal.id}"


def routes(book: PreferenceBook, threads: Threads) -> list[BaseRoute]:
    """The book is asked in threads, and may open the catalog first."""
    them = PreferenceRoutes(book, threads)
    return [Route(_PATH, them.get, methods=["GET"]), Route(_PATH, them.change, methods=["PATCH"])]
