"""Options of the whole suite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.catalogs import CatalogPlace
from tests.postgres import PostgresServer, why_not

from vedette.catalog.database import Catalog


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--crash-cycles",
        type=int,
        default=8,
        help="how often the crash tests kill the store (200 in `make bench-crash`)",
    )
    parser.addoption(
        "--api-examples", type=int, default=5, help="requests that are made up for each route of the API's document"
    )
    parser.addoption("--update-golden", action="store_true", help="write the expected golden files anew")


@pytest.fixture(scope="session")
def crash_cycles(request: pytest.FixtureRequest) -> int:
    """How often a crash test kills its process."""
    return int(request.config.getoption("--crash-cycles"))


@pytest.fixture(scope="session")
def api_examples(request: pytest.FixtureRequest) -> int:
    """How many requests are made up for each route."""
    return int(request.config.getoption("--api-examples"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL; `migrated` is a database with the catalog's tables, to make others from."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    server = PostgresServer()
    try:
        server.execute("CREATE DATABASE migrated")
        catalog = Catalog(server.url("migrated"), Path())
        catalog.open()
        catalog.close()
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CatalogPlace]:
    """An empty catalog of each back end."""
    url = request.getfixturevalue("postgres").database("migrated") if request.param == "postgresql" else ""
    place = CatalogPlace(request.param, url, tmp_path / "catalog")
    yield place
    place.close()


@pytest.fixture
def catalog(catalog_place: CatalogPlace) -> Catalog:
    """An empty, open catalog of each back end."""
    return catalog_place.open()
