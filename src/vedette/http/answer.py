"""Prometheus' success envelope, for answers that are small enough to be built as objects."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


def success(data: Any, **more: Any) -> Response:
    """`{"status": "success", "data": ...}` with further fields such as warnings."""
    return Response(orjson.dumps({"status": "success", "data": data, **more}), media_type="application/json")
