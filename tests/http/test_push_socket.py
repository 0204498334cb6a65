"""Samples over a WebSocket: formats, reports, and errors that do not end the connection."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from vedette.clock import FakeClock
from vedette.http.app import Application
from vedette.http.gate import OpenGate
from vedette.http.routes import push_socket
from vedette.http.routes.ingest_body import Intake
from vedette.http.settings import HttpSettings
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings
from vedette.storage.memory import MemoryStorage

NOW_MS = 1_700_000_000_000
HOST = {"host": "127.0.0.1"}


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def client(storage: MemoryStorage) -> Iterator[TestClient]:
    """A client of the application with the socket alone."""
    settings = IngestSettings(max_message_bytes=1000)
    registry = CollectorRegistry()
    executor = ThreadPoolExecutor(1)
    app = Application(HttpSettings(), registry)
    app.open(
        push_socket.routes(
            Pipeline(storage, FakeClock(NOW_MS), settings, registry), Intake(settings, executor, registry)
        ),
        OpenGate(),
    )
    yield TestClient(app)
    executor.shutdown()


def test_json_needs_no_greeting(client: TestClient, storage: MemoryStorage) -> None:
    """Every message is answered by its report, text and binary alike."""
    with client.websocket_connect("/api/v1/push", headers=HOST) as socket:
        socket.send_json({"samples": [{"name": "a", "value": 1}]})
        assert socket.receive_json()["accepted"] == 1
        socket.send_bytes(b'[{"name": "a", "value": 2}, {"name": "b"}]')
        report = socket.receive_json()
        assert (report["accepted"], report["duplicates"], report["dropped"]) == (1, 1, {"malformed": 1})
    assert storage.stats("default").samples == 1


@pytest.mark.parametrize(
    ("greeting", "body", "accepted"),
    [
        ({"format": "influx", "precision": "ms"}, "m f=1,g=2 1700000000000\nm h=3 1700000000000", 3),
        ({"format": "exposition"}, 'a{x="1"} 1\nb 2 1700000000000\n', 2),
        ({"format": "exposition", "content_type": "application/openmetrics-text"}, "a 1 1700000000.5\n# EOF\n", 1),
        ({"format": "json"}, '{"name": "a", "timestamps_ms": [1, 2], "values": [1, 2]}', 2),
    ],
)
def test_a_greeting_names_the_format(client: TestClient, greeting: object, body: str, accepted: int) -> None:
    """The first message chooses the notation of all that follow; it is answered by the format."""
    with client.websocket_connect("/api/v1/push", headers=HOST) as socket:
        socket.send_json(greeting)
        assert socket.receive_json() == {"format": greeting["format"]}
        for _ in range(2):
            socket.send_text(body)
            report = socket.receive_json()
            assert (report["accepted"], report["dropped"]) == (accepted, {})


def test_errors_do_not_end_the_connection(client: TestClient, storage: MemoryStorage) -> None:
    """A message that is wrong or too large is told so; the next one is stored."""
    with client.websocket_connect("/api/v1/push", headers=HOST) as socket:
        for wrong, code in (
            ("{", "bad_data"),
            ('{"format": "carrier pigeon"}', "bad_data"),
            ("x" * 1001, "limit_exceeded"),
        ):
            socket.send_text(wrong)
            assert socket.receive_json()["error"]["code"] == code
        socket.send_json([{"name": "a", "value": 1}])
        assert socket.receive_json()["accepted"] == 1
    assert storage.stats("default").samples == 1


def test_a_wrong_precision_is_told_at_once(client: TestClient) -> None:
    """Not only when the first samples come."""
    with client.websocket_connect("/api/v1/push", headers=HOST) as socket:
        socket.send_json({"format": "influx", "precision": "weeks"})
        assert "precision" in socket.receive_json()["error"]["message"]


def test_only_the_first_message_can_be_a_greeting(client: TestClient) -> None:
    """Later ones are data."""
    with client.websocket_connect("/api/v1/push", headers=HOST) as socket:
        socket.send_json([{"name": "a", "value": 1}])
        assert socket.receive_json()["accepted"] == 1
        socket.send_json({"format": "influx"})
        assert socket.receive_json()["error"]["code"] == "bad_data"
