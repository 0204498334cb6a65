"""Push protocols over HTTP: remote write, Influx line protocol, text exposition and JSON samples.

Plain ASGI: decode, call the source, encode; whatever takes time runs in a worker thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.http.gate import caller
from vedette.http.routes.ingest_answers import HeaderPairs, send, send_influx, send_nothing, send_report
from vedette.http.routes.ingest_body import Headers, Intake
from vedette.ingest.decompress import decompress
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.protocols import influx, json_samples, remote_write
from vedette.ingest.report import IngestReport

Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

_PROTOBUF: Final = ("application/x-protobuf", "application/protobuf", "")
_VERSIONS: Final[dict[str, Literal[1, 2]]] = {
    "": 1,
    "prometheus.WriteRequest": 1,
    "io.prometheus.write.v2.Request": 2,
}
_WRITTEN: Final = b"x-prometheus-remote-write-%s-written"


class Endpoint:
    """An ASGI endpoint; an instance, so that Starlette hands it the connection as it is."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._handler(scope, receive, send)


def routes(pipeline: Pipeline, intake: Intake) -> list[BaseRoute]:
    """All of them answer when the samples are as durable as the store promises."""
    api = _PushApi(pipeline, intake)
    return [
        Route("/api/v1/write", Endpoint(api.remote_write), methods=["POST"]),
        Route("/write", Endpoint(api.influx), methods=["POST"]),
        Route("/api/v2/write", Endpoint(api.influx), methods=["POST"]),
        Route("/ping", Endpoint(api.ping), methods=["GET"]),
        Route("/api/v1/import/prometheus", Endpoint(api.exposition), methods=["POST"]),
        Route("/api/v1/samples", Endpoint(api.samples), methods=["POST"]),
    ]


class _PushApi:
    def __init__(self, pipeline: Pipeline, intake: Intake) -> None:
        self._pipeline = pipeline
        self._intake = intake

    async def remote_write(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope)
        version = remote_write_version(headers.get("content-type"))
        # The specification knows snappy alone; senders that say nothing mean it.
        encoding = headers.get("content-encoding") or "snappy"
        report = await self._store(scope, receive, "remote_write", remote_write.Options(version), encoding)
        await send_nothing(scope, send, report, _written(report) if version == 2 else None)

    async def influx(self, scope: Scope, receive: Receive, send: Send) -> None:
        precision = _parameters(scope).get("precision", "ns")
        encoding = Headers(scope).get("content-encoding")
        report = await self._store(scope, receive, "influx", influx.Options(precision), encoding)
        await send_influx(scope, send, report)

    async def exposition(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope)
        source = self._pipeline.push_source(caller(scope).project, "exposition")
        content_type, encoding = headers.get("content-type"), headers.get("content-encoding")

        def job(body: bytes) -> IngestReport:
            text = decompress(body, encoding, self._intake.settings)
            return source.write_exposition(text, content_type).report

        await send_report(scope, send, await self._intake.run(scope, receive, job))

    async def samples(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoding = Headers(scope).get("content-encoding")
        report = await self._store(scope, receive, "json", json_samples.Options(), encoding)
        await send_report(scope, send, report)

    async def ping(self, _scope: Scope, _receive: Receive, sender: Send) -> None:
        # How clients of Influx look whether the server is there; the version tells them which dialect to speak.
        await send(sender, 204, headers=[(b"x-influxdb-version", b"v1.8.10-vedette"), (b"x-influxdb-build", b"OSS")])

    async def _store(
        self, scope: Scope, receive: Receive, protocol: str, options: object, encoding: str
    ) -> IngestReport:
        source = self._pipeline.push_source(caller(scope).project, protocol)

        def job(body: bytes) -> IngestReport:
            return source.write(decompress(body, encoding, self._intake.settings), options).report

        return await self._intake.run(scope, receive, job)


def remote_write_version(content_type: str) -> Literal[1, 2]:
    """Which message a remote write sends; 415 makes a sender fall back to one that is known here."""
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    proto = next((text[6:].strip('"') for text in parameters if text.lower().startswith("proto=")), "")
    if media_type.lower() not in _PROTOBUF or proto not in _VERSIONS:
        raise HTTPException(415, f"remote write takes application/x-protobuf of version 1.0 or 2.0, not {content_type}")
    return _VERSIONS[proto]


def _written(report: IngestReport) -> HeaderPairs:
    counts = {b"samples": report.accepted, b"histograms": 0, b"exemplars": 0}
    return [(_WRITTEN % kind, b"%d" % count) for kind, count in counts.items()]


def _parameters(scope: Scope) -> dict[str, str]:
    """The query parameters; of repeated ones the last counts."""
    found = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in found.items()}
