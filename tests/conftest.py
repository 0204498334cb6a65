"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--crash-cycles",
        type=int,
        default=8,
        help="how often the crash tests kill the store (200 in `make bench-crash`)",
    )
    parser.addoption("--update-golden", action="store_true", help="write the expected golden files anew")


@pytest.fixture(scope="session")
def crash_cycles(request: pytest.FixtureRequest) -> int:
    """How often a crash test kills its process."""
    return int(request.config.getoption("--crash-cycles"))
