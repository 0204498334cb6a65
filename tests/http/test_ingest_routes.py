"""Push over HTTP: what each sender is answered, what of its request is stored, and what protects the server."""

from __future__ import annotations

import asyncio
import gzip
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import cramjam
import httpx
import pytest
from prometheus_client import CollectorRegistry

from vedette.clock import FakeClock
from vedette.errors import TooBusy
from vedette.http.app import Application
from vedette.http.gate import OpenGate
from vedette.http.routes import ingest, ingest_cardinality, push_gateway
from vedette.http.routes.ingest_body import Intake
from vedette.http.settings import HttpSettings
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.settings import IngestSettings, SeriesLimits
from vedette.kernel.plain_remote_write import label_key
from vedette.kernel.protobuf import varint
from vedette.model.batch import AppendReport, SampleBatch
from vedette.model.matcher import Matcher, MatchOp
from vedette.model.special import is_stale
from vedette.model.timerange import ALL_TIME
from vedette.storage.memory import MemoryStorage

NOW_MS = 1_700_000_000_000
SETTINGS = IngestSettings(
    max_body_bytes=100_000, max_body_decoded_bytes=2_000_000, max_in_flight_bytes=150_000, max_message_bytes=5000,
    series=SeriesLimits(max_active_series=50),
)  # fmt: skip


class Gate(MemoryStorage):
    """A store whose appends can be held up or made to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.open.set()
        self.error: Exception | None = None

    def append(self, project: str, batch: SampleBatch) -> AppendReport:
        self.open.wait(20)
        if self.error is not None:
            raise self.error
        return super().append(project, batch)

    def samples(self, metric: str) -> dict[str, list[tuple[int, float]]]:
        """Samples of one metric by series, staleness markers as None."""
        found: dict[str, list[tuple[int, float]]] = {}
        for part in self.select("default", [Matcher("__name__", MatchOp.EQUAL, metric)], ALL_TIME).parts:
            grid = part.load()
            for index, labels in enumerate(grid.labels):
                times, values = grid.row(index)
                stale = is_stale(values)
                found[str(labels)] = [
                    (int(time), None if ended else float(value))
                    for time, value, ended in zip(times, values, stale, strict=True)
                ]
        return found


@pytest.fixture
def storage() -> Gate:
    return Gate()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_MS)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def application(storage: Gate, clock: FakeClock, registry: CollectorRegistry) -> Iterator[Application]:
    """The application with the routes that take samples."""
    pipeline = Pipeline(storage, clock, SETTINGS, registry)
    executor = ThreadPoolExecutor(2)
    intake = Intake(SETTINGS, executor, registry)
    app = Application(HttpSettings(), registry)
    app.open(
        [
            *ingest.routes(pipeline, intake),
            *push_gateway.routes(pipeline, intake, clock),
            *ingest_cardinality.routes(pipeline, executor),
        ],
        OpenGate(),
    )
    yield app
    storage.open.set()
    executor.shutdown()


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as it:
        yield it


def message(number: int, payload: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def write_request(*series: tuple[list[bytes], float, int]) -> bytes:
    """A remote write 1.0 body, compressed."""
    body = b"".join(
        message(1, label_key(flat) + message(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(time_ms)))
        for flat, value, time_ms in series
    )
    return bytes(cramjam.snappy.compress_raw(body))


ONE = write_request(([b"__name__", b"m"], 1.5, NOW_MS))
PROTOBUF = {"content-type": "application/x-protobuf", "content-encoding": "snappy"}


async def test_remote_write_is_answered_with_nothing(client: httpx.AsyncClient, storage: Gate) -> None:
    """204 with no body: what Prometheus takes for success."""
    answer = await client.post("/api/v1/write", content=ONE, headers=PROTOBUF)
    assert (answer.status_code, answer.content) == (204, b"")
    assert storage.samples("m") == {"m": [(NOW_MS, 1.5)]}


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
async def test_remote_write_takes_other_encodings(client: httpx.AsyncClient, storage: Gate, encoding: str) -> None:
    """vmagent begins with zstd."""
    plain = bytes(cramjam.snappy.decompress_raw(ONE))
    body = {"zstd": bytes(cramjam.zstd.compress(plain)), "gzip": gzip.compress(plain), "identity": plain}[encoding]
    headers = {**PROTOBUF, "content-encoding": encoding}
    assert (await client.post("/api/v1/write", content=body, headers=headers)).status_code == 204
    assert storage.samples("m")


async def test_remote_write_2_tells_what_is_written(client: httpx.AsyncClient, storage: Gate) -> None:
    """Without these headers a sender of 2.0 takes the data for lost."""
    symbols = b"".join(message(4, text) for text in (b"", b"__name__", b"m"))
    body = symbols + message(5, message(1, b"\x01\x02") + message(2, b"\x09" + struct.pack("<d", 2.0) + b"\x10\x05"))
    headers = {**PROTOBUF, "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"}
    answer = await client.post("/api/v1/write", content=bytes(cramjam.snappy.compress_raw(body)), headers=headers)
    assert answer.status_code == 204
    kinds = ("samples", "histograms", "exemplars")
    assert [answer.headers[f"x-prometheus-remote-write-{kind}-written"] for kind in kinds] == ["1", "0", "0"]
    assert storage.samples("m") == {"m": [(5, 2.0)]}


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/x-protobuf;proto=io.prometheus.write.v3.Request"},
        {"content-type": "application/json"},
        {"content-encoding": "br"},
    ],
)
async def test_what_remote_write_does_not_know_is_415(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """The status that makes senders fall back to what every receiver knows."""
    answer = await client.post("/api/v1/write", content=ONE, headers={**PROTOBUF, **headers})
    assert answer.status_code == 415


async def test_a_partly_bad_request_stores_the_good_part(client: httpx.AsyncClient, storage: Gate) -> None:
    """400 is final for senders: nothing good may be lost by it, and the counts say what was bad."""
    body = write_request(
        ([b"__name__", b"m"], 1.0, NOW_MS), ([b"a", b"b"], 2.0, NOW_MS), ([b"__name__", b"n"], 3.0, 2**62)
    )
    answer = await client.post("/api/v1/write", content=body, headers=PROTOBUF)
    assert answer.status_code == 400
    told = answer.json()
    assert told["accepted"] == 1
    assert told["dropped"] == {"invalid_labels": 1, "bad_timestamp": 1}
    assert told["status"] == "error"
    assert "1 samples stored" in told["error"]
    assert storage.samples("m") == {"m": [(NOW_MS, 1.0)]}


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/api/v1/write", b"\x01", PROTOBUF),
        ("/api/v1/write", bytes(cramjam.snappy.compress_raw(b"\x0a\x05ab")), PROTOBUF),
        ("/api/v1/samples", b"{", {}),
        ("/api/v1/samples", b"[" * 100_000, {}),
        ("/api/v1/samples", b'"text"', {}),
        ("/write?precision=weeks", b"m f=1", {}),
        ("/write", b"\x1f\x8b\x08nonsense", {"content-encoding": "gzip"}),
    ],
)
async def test_a_body_of_no_use_is_bad_data(
    client: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """400 with words, never an error of ours."""
    answer = await client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_data")


async def test_influx_writes_are_answered_as_influx_does(client: httpx.AsyncClient, storage: Gate) -> None:
    """204 for success on both generations' paths, plain or gzip; ping says who is there."""
    body = b"m,host=a f=1.5 1700000000\n"
    assert (await client.post("/write?db=x&precision=s", content=body)).status_code == 204
    headers = {"content-encoding": "gzip", "authorization": "Token x"}
    packed = gzip.compress(b'm,host=b f=2,text="x" 1700000000000\n')
    path = "/api/v2/write?org=o&bucket=b&precision=ms"
    assert (await client.post(path, content=packed, headers=headers)).status_code == 204
    assert storage.samples("m_f") == {'m_f{host="a"}': [(NOW_MS, 1.5)], 'm_f{host="b"}': [(NOW_MS, 2.0)]}
    ping = await client.get("/ping")
    assert (ping.status_code, ping.headers["x-influxdb-version"][:3]) == (204, "v1.")


async def test_bad_lines_are_told_in_influx_words(client: httpx.AsyncClient, storage: Gate) -> None:
    """Both generations of clients find their message; the good lines are stored."""
    answer = await client.post("/write", content=b"m f=1\nm f=\nm g=2\n")
    told = answer.json()
    assert answer.status_code == 400
    assert told["code"] == "invalid"
    assert told["message"] == told["error"]
    assert "line 2: the value is not a number" in told["message"]
    assert len(storage.samples("m_f")) + len(storage.samples("m_g")) == 2


async def test_expositions_and_samples_are_answered_with_a_report(client: httpx.AsyncClient) -> None:
    """200 with the counts; a form's content type, as curl -d sends it, is as good as any."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/api/v1/import/prometheus", content=b'a{x="1"} 1\n', headers=headers)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["new_series"]) == (200, 1, 1)
    answer = await client.post("/api/v1/samples", json={"samples": [{"name": "b", "value": 1}]})
    assert (answer.status_code, answer.json()["dropped"]) == (200, {})


async def test_a_pushed_group_wins_over_the_body(client: httpx.AsyncClient, storage: Gate) -> None:
    """Labels of the path replace those of the body, as in a Pushgateway; base64 carries what a path cannot."""
    body = b'done{job="other",step="1"} 5\n'
    answer = await client.post("/metrics/job/backup/path@base64/L3Zhci90bXA/empty@base64/=", content=body)
    assert answer.status_code == 200
    assert storage.samples("done") == {'done{job="backup", path="/var/tmp", step="1"}': [(NOW_MS, 5.0)]}
    await client.put("/metrics/job@base64/L2E", content=b"slash 1\n")
    await client.post("/api/v1/import/prometheus/metrics/job/a%2Fb", content=b"slash 2\n")
    assert set(storage.samples("slash")) == {'slash{job="/a"}', 'slash{job="a/b"}'}


async def test_put_ends_what_is_missing_and_delete_ends_all(
    client: httpx.AsyncClient, storage: Gate, clock: FakeClock
) -> None:
    """POST adds to a group, PUT replaces it, DELETE ends it; other groups are left alone."""
    await client.post("/metrics/job/x/instance/1", content=b"a 1\nb 2\n")
    await client.post("/metrics/job/x", content=b"a 9\n")
    clock.advance_ms(1000)
    await client.put("/metrics/job/x/instance/1", content=b"a 3\n")
    clock.advance_ms(1000)
    assert (await client.delete("/metrics/job/x/instance/1")).status_code == 202
    assert storage.samples("b") == {'b{instance="1", job="x"}': [(NOW_MS, 2.0), (NOW_MS + 1000, None)]}
    assert storage.samples("a") == {
        'a{instance="1", job="x"}': [(NOW_MS, 1.0), (NOW_MS + 1000, 3.0), (NOW_MS + 2000, None)],
        'a{job="x"}': [(NOW_MS, 9.0)],
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/metrics/job/x/instance", 400),
        ("/metrics/job/x/a/1/a/2", 400),
        ("/metrics/job/x/__name__/y", 400),
        ("/metrics/job@base64/=", 400),
        ("/metrics/job/x/a@base64/%FF", 400),
        ("/metrics/nothing/x", 404),
    ],
)
async def test_a_wrong_group_is_refused(client: httpx.AsyncClient, path: str, status: int) -> None:
    """Grouping labels come in pairs, once each, and begin with a job."""
    assert (await client.post(path, content=b"a 1\n")).status_code == status


async def test_bodies_that_are_too_large_are_413(client: httpx.AsyncClient) -> None:
    """Declared or not, compressed or not, and the limit is named."""

    async def undeclared() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"m f=1\n" * 1000

    for content in (
        b"m f=1\n" * 20_000,
        undeclared(),
    ):
        answer = await client.post("/write", content=content)
        assert (answer.status_code, answer.json()["limit"]["name"]) == (413, "ingest.max_body")
    bomb = gzip.compress(b"0" * 3_000_000)
    answer = await client.post("/write", content=bomb, headers={"content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["limit"]["name"]) == (413, "ingest.max_body_decoded")


async def test_senders_are_told_to_come_again_when_too_much_is_under_way(
    client: httpx.AsyncClient, storage: Gate, registry: CollectorRegistry
) -> None:
    """503 with Retry-After, which every sender takes as a reason to keep its request; later it passes."""
    storage.open.clear()
    body = b"m f=1\n" + b"#" * 90_000
    first = asyncio.ensure_future(client.post("/write", content=body))
    await asyncio.sleep(0.05)
    answer = await client.post("/write", content=body)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert "max_in_flight" in answer.json()["error"]
    assert registry.get_sample_value("vedette_ingest_in_flight_bytes") == len(body)
    assert registry.get_sample_value("vedette_ingest_refused_requests_total", {"reason": "too_busy"}) == 1
    storage.open.set()
    assert (await first).status_code == 204
    assert (await client.post("/write", content=body)).status_code == 204
    assert registry.get_sample_value("vedette_ingest_in_flight_bytes") == 0


async def test_pressure_of_the_store_is_503(client: httpx.AsyncClient, storage: Gate) -> None:
    """Prometheus throws away what was answered with 429 but repeats what was answered with 503."""
    storage.error = TooBusy("the log is behind", limit="x", value=1)
    answer = await client.post("/api/v1/write", content=ONE, headers=PROTOBUF)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


async def test_a_sender_that_goes_away_leaves_nothing(application: Application, storage: Gate) -> None:
    """Half a body is no body."""
    messages = iter([{"type": "http.request", "body": b"m f=1\n", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return next(messages)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/write", "raw_path": b"/write", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    await application(scope, receive, send)
    assert storage.samples("m_f") == {}


async def test_cardinality_names_the_culprits(client: httpx.AsyncClient) -> None:
    """Limits, usage, rankings and what was refused."""
    lines = "\n".join(f'exploding{{id="{number}"}} 1' for number in range(60))
    answer = await client.post("/api/v1/import/prometheus", content=f"fine 1\n{lines}\n".encode())
    assert answer.status_code == 400
    assert answer.json()["dropped"] == {"series_limit": 11}
    data = (await client.get("/api/v1/status/cardinality?limit=1")).json()["data"]
    assert data["limits"]["max_active_series"] == 50
    assert data["usage"]["active_series"] == 50
    assert data["active_series_by_metric"] == [{"name": "exploding", "count": 49}]
    assert data["values_by_label"] == [{"name": "id", "count": 49}]
    assert data["refusals"][0]["reason"] == "series_limit"
    assert data["refusals"][0]["count"] == 11
    assert (await client.get("/api/v1/status/cardinality?limit=x")).status_code == 400
