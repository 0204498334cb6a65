"""The Pushgateway's paths: batch jobs push under grouping labels that stand in the path.

Nothing is cached to be scraped later: what is pushed is a sample of now. PUT and DELETE end the series of a group
that are no longer there, with staleness markers.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections import OrderedDict
from typing import Final
from urllib.parse import unquote

import numpy as np
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vedette.clock import Clock
from vedette.errors import BadData, NotFound
from vedette.http.gate import caller
from vedette.http.routes.ingest import Endpoint
from vedette.http.routes.ingest_answers import send, send_report
from vedette.http.routes.ingest_body import Headers, Intake
from vedette.ingest.decompress import decompress
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.report import IngestReport
from vedette.ingest.source import Source
from vedette.model.labels import METRIC_NAME, Labels
from vedette.model.special import IntArray

MAX_GROUPS: Final = 2_000
"""Groups that are remembered; of one that has fallen out, no series are ended."""
_BASE64: Final = "@base64"
_PREFIXES: Final = ("/metrics", "/api/v1/import/prometheus/metrics")


class Group:
    """The series that were pushed under one set of grouping labels."""

    def __init__(self, pipeline: Pipeline, project: str, labels: Labels) -> None:
        grouping = labels.as_dict()
        self._source: Source = pipeline.source(
            project, "exposition", lambda pushed: Labels.of({**pushed.as_dict(), **grouping})
        )
        self._lock = threading.Lock()
        self._refs: IntArray = np.empty(0, dtype=np.int64)

    def push(self, text: bytes | bytearray, content_type: str, now_ms: int, *, replace: bool) -> IngestReport:
        """Store an exposition; with `replace` the series that are not in it end."""
        with self._lock:
            written = self._source.write_exposition(text, content_type, now_ms)
            if replace:
                self._source.write_stale(np.setdiff1d(self._refs, written.refs), now_ms)
                self._refs = np.unique(written.refs)
            else:
                self._refs = np.union1d(self._refs, written.refs)
            return written.report

    def end(self, now_ms: int) -> None:
        """End all series."""
        with self._lock:
            self._source.write_stale(self._refs, now_ms)
            self._refs = np.empty(0, dtype=np.int64)


class Groups:
    """The groups used last, by their labels; thread-safe."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._groups: OrderedDict[tuple[str, Labels], Group] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, project: str, labels: Labels) -> Group:
        """The group of these labels."""
        key = project, labels
        with self._lock:
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = Group(self._pipeline, project, labels)
                if len(self._groups) > MAX_GROUPS:
                    self._groups.popitem(last=False)
            self._groups.move_to_end(key)
            return group


def routes(pipeline: Pipeline, intake: Intake, clock: Clock) -> list[BaseRoute]:
    """`/metrics/job/<job>{/<label>/<value>}`, also with `@base64` behind a label."""
    groups = Groups(pipeline)

    async def serve(scope: Scope, receive: Receive, sender: Send) -> None:
        headers = Headers(scope)
        labels, project = grouping_labels(scope), caller(scope).project
        method = scope["method"]
        if method == "DELETE":
            await intake.run(scope, receive, lambda _body: groups.get(project, labels).end(clock.now_ms()))
            await send(sender, 202)
            return
        content_type, encoding = headers.get("content-type"), headers.get("content-encoding")

        def job(body: bytes) -> IngestReport:
            text = decompress(body, encoding, intake.settings)
            return groups.get(project, labels).push(text, content_type, clock.now_ms(), replace=method == "PUT")

        await send_report(scope, sender, await intake.run(scope, receive, job))

    methods = ["POST", "PUT", "DELETE"]
    return [Route(f"{prefix}/{{group:path}}", Endpoint(serve), methods=methods) for prefix in _PREFIXES]


def grouping_labels(scope: Scope) -> Labels:
    """Labels of the path. Raises BadData when it does not hold pairs."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    _, _, rest = path.partition("/metrics/")
    parts = [unquote(part) for part in rest.rstrip("/").split("/")]
    if parts[0] not in ("job", "job" + _BASE64):
        raise NotFound(f"grouping labels begin with /metrics/job/<job>: {path}")
    if len(parts) % 2:
        raise BadData(f"grouping labels come in pairs /<label>/<value>: {path}")
    labels: dict[str, str] = {}
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        if name.endswith(_BASE64):
            name, value = name.removesuffix(_BASE64), _decode(value)
        if not name or name == METRIC_NAME:
            raise BadData(f"{name!r} cannot be a grouping label")
        if name in labels:
            raise BadData(f"the grouping label {name!r} occurs twice")
        labels[name] = value
    if not labels.get("job"):
        raise BadData("the job of a group must not be empty")
    return Labels.of(labels)


def _decode(value: str) -> str:
    # A lone = stands for the empty value, which a path cannot hold.
    padded = value.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        return base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadData(f"not base64 of UTF-8 text: {value!r}") from None
