"""`POST /api/v1/sample-data`: an hour of made-up samples for a project that has none yet, by the way of all samples."""

from __future__ import annotations

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vedette.clock import Clock
from vedette.http.answer import success
from vedette.http.deeds import Deeds
from vedette.http.gate import Caller, caller
from vedette.http.routes.ingest_body import Intake
from vedette.ingest.pipeline import Pipeline
from vedette.ingest.report import IngestReport
from vedette.ingest.sample_data import METADATA, sample_columns

PROTOCOL = "sample_data"


def routes(pipeline: Pipeline, intake: Intake, clock: Clock, deeds: Deeds) -> list[BaseRoute]:
    """Rights, limits, rates and privacy rules hold for it as for any other sender."""

    def store(who: Caller) -> IngestReport:
        columns = sample_columns(clock.now_ms())
        source = pipeline.push_source(who.project, PROTOCOL)
        source.write_metadata(METADATA)
        # Moment by moment, as they would have come.
        moments = np.repeat(columns.times_ms, len(columns.labels))
        labels = columns.labels * len(columns.times_ms)
        report = source.write_samples(labels, moments, columns.values.T.ravel()).report
        deeds.done(who, "samples.sample_data", project=who.project, detail={"accepted": report.accepted})
        return report

    async def send(request: Request) -> Response:
        who = caller(request.scope)
        report = await intake.run_bytes(who.project, b"", lambda _body: store(who))
        return success(report.as_json())

    return [Route("/api/v1/sample-data", send, methods=["POST"])]
