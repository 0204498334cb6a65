"""What is running and how, in Prometheus' words."""

from __future__ import annotations

import os
import platform
import threading
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import vedette
from vedette.clock import Clock
from vedette.http.answer import success


def routes(clock: Clock, data: Path, retention: str) -> list[BaseRoute]:
    """Build and runtime information; `retention` is shown as it is."""
    started = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    folder = str(data.resolve())

    async def build(_request: Request) -> Response:
        # Clients look at the version for features of Prometheus' API; ours has those of the 3.5 line.
        return success(
            {
                "version": "3.5.3",
                "revision": "",
                "branch": "",
                "buildUser": "",
                "buildDate": "",
                "goVersion": "",
                "application": "vedette",
                "vedetteVersion": vedette.__version__,
                "pythonVersion": platform.python_version(),
            }
        )

    async def runtime(_request: Request) -> Response:
        now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return success(
            {
                "startTime": started,
                "CWD": str(Path.cwd()),
                "hostname": platform.node(),
                "serverTime": now,
                "reloadConfigSuccess": True,
                "lastConfigTime": started,
                "corruptionCount": 0,
                "goroutineCount": threading.active_count(),
                "GOMAXPROCS": os.cpu_count() or 1,
                "GOMEMLIMIT": 0,
                "GOGC": "",
                "GODEBUG": "",
                "storageRetention": retention,
                "dataDirectory": folder,
            }
        )

    return [Route("/api/v1/status/buildinfo", build), Route("/api/v1/status/runtimeinfo", runtime)]
