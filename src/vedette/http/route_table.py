"""The table of routes: finds the one that takes a request, and lets nobody through but by the gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from vedette.http.answer import AtOnce, Prompt
from vedette.http.gate import Gate
from vedette.http.policy import Key


class RouteTable:
    """Routes; those without parameters are found by one look-up, the others by trying each in order."""

    def __init__(self, routes: Sequence[BaseRoute], gate: Gate | None = None, fallback: Route | None = None) -> None:
        """Without a gate the routes must be such as answer everybody."""
        self._gate = gate
        self._fallback = fallback
        self.routes = list(routes)
        self._exact: dict[tuple[str, str], Route] = {}
        self._prompt: dict[tuple[str, str], AtOnce] = {}
        for route in self.routes:
            if isinstance(route, Route) and not route.param_convertors:
                for method in route.methods or ():
                    self._exact.setdefault((method, route.path), route)
                    if isinstance(route.endpoint, Prompt) and method != "HEAD":
                        self._prompt.setdefault((method, route.path), route.endpoint.at_once)

    def knows(self, scope: Scope) -> bool:
        """Whether a route takes exactly this method and path."""
        return any(route.matches(scope)[0] is Match.FULL for route in self.routes)

    def prompt(self, scope: Scope) -> AtOnce | None:
        """How to answer a request at once, if its endpoint can and the gate can decide."""
        key = scope["method"], scope["path"]
        prompt = self._prompt.get(key)
        if prompt is None or self._gate is None or not self._gate.can_decide:
            return None
        scope["route"] = self._exact[key]
        return prompt

    def admit(self, scope: Scope) -> None:
        """Ask the gate about a request for which `prompt` has found the route."""
        if self._gate is not None:
            self._gate.admit(scope, (scope["method"], scope["path"]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._find(scope)
        if route is None:
            if scope["type"] != "websocket":
                raise HTTPException(404, f"there is nothing at {scope['path']}")
            await send({"type": "websocket.close", "code": 1000})
            return
        if self._gate is not None and "vedette.caller" not in scope:
            key = _key(route, scope)
            if self._gate.must_wait(key):
                await self._gate.wait()
            self._gate.admit(scope, key)
        await route.handle(scope, receive, send)

    def _find(self, scope: Scope) -> BaseRoute | None:
        """The route, noted in the scope with its parameters. Raises HTTPException where only the method is wrong."""
        is_http = scope["type"] == "http"
        if is_http:
            exact = self._exact.get((scope["method"], scope["path"]))
            if exact is not None:
                scope.update(route=exact, endpoint=exact.endpoint, path_params={})
                return exact
        allowed: set[str] = set()
        for route in self.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found, route=route)
                return route
            if match is Match.PARTIAL and isinstance(route, Route):
                allowed |= route.methods or set()
        if allowed:
            raise HTTPException(
                405, f"{scope['path']} takes {', '.join(sorted(allowed))}", {"allow": ", ".join(allowed)}
            )
        if is_http and self._fallback is not None and scope["method"] in ("GET", "HEAD"):
            scope.update(self._fallback.matches(scope)[1], route=self._fallback)
            return self._fallback
        return None


def _key(route: BaseRoute, scope: Scope) -> Key:
    """A route's key in the policy; HEAD follows GET."""
    path: str = cast("Route | WebSocketRoute", route).path
    if scope["type"] == "websocket":
        return "WS", path
    return ("GET" if scope["method"] == "HEAD" else scope["method"]), path
