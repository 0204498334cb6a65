"""The page and its files."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from vedette.http.page import Page


def routes(page: Page) -> list[BaseRoute]:
    """`GET /`: the document; `GET /embed`: the same, for frames."""
    return [Route("/", page.index), Route("/embed", page.embedded)]


def fallback(page: Page) -> Route:
    """Everything that no other route takes: a file of the page or a place in its navigation."""
    return Route("/{path:path}", page.file)
