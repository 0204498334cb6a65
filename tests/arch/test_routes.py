"""Every route that a server opens has its policy and its documentation, and nothing else has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.config.load import load
from vedette.http.openapi.operations import OPERATIONS
from vedette.http.policy import POLICY, keys_of
from vedette.http.routes import health
from vedette.server.build import build
from vedette.server.instance import Instance
from vedette.server.settings import Settings


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """All rooms of a server on an empty folder, built but not started."""
    folder = tmp_path_factory.mktemp("data")
    it = build(
        load(Settings, None, {}, {"server.data": str(folder)}), FakeClock(1_700_000_000_000), CollectorRegistry()
    )
    yield it
    it.close()


def keys(instance: Instance) -> list[tuple[str, str]]:
    """(method, path) of every route."""
    fallback = [instance.fallback] if instance.fallback else []
    routes = [*instance.routes, *fallback, *health.always(lambda: "")]
    return [key for route in routes for key in keys_of(route)]


def test_no_route_is_served_twice(instance: Instance) -> None:
    """Of two routes with one method and path only the first would ever answer."""
    assert [key for key, count in Counter(keys(instance)).items() if count > 1] == []


def test_every_route_has_a_policy_and_every_policy_a_route(instance: Instance) -> None:
    """Who may do what is decided for each route on purpose; stale entries go."""
    assert sorted(set(keys(instance)) - set(POLICY)) == []
    assert sorted(set(POLICY) - set(keys(instance))) == []


def test_every_route_is_documented_and_nothing_else(instance: Instance) -> None:
    """The OpenAPI document and the routes are one list."""
    assert sorted(set(keys(instance)) - set(OPERATIONS)) == []
    assert sorted(set(OPERATIONS) - set(keys(instance))) == []


def test_path_parameters_are_documented() -> None:
    """Each part of a path in braces has its description."""
    for (method, path), operation in OPERATIONS.items():
        in_braces = {part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")}
        described = {item.name for item in operation.parameters if item.place == "path"}
        assert in_braces == described, (method, path)


def test_documentation_folder_names_no_foreign_scheme() -> None:
    """Addresses in the document are relative: it holds wherever the server stands."""
    text = (Path(__file__).parents[1] / "golden" / "openapi.json").read_text(encoding="utf-8")
    assert '"url": "/"' in text
