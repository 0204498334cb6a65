"""Results to JSON bytes: the shape of Prometheus' HTTP API, and our own columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import orjson

from vedette.kernel import label_json, text
from vedette.model.frame import Annotation, Frame, QueryResult, QueryStats
from vedette.model.labels import Labels
from vedette.model.special import BoolArray, FloatArray, IntArray

_ALL_PRESENT = np.empty(0, dtype=np.bool_)
_NO_VALUES = np.empty(0, dtype=np.float64)
_NO_TIMES = np.empty(0, dtype=np.int64)
TRUNCATED = "results truncated due to limit"


def prometheus_answer(result: QueryResult, query: str, *, limit: int = 0, stats: str = "") -> bytes:
    """The whole body of /api/v1/query and query_range; `stats` is empty or what the parameter of that name said."""
    body, truncated = prometheus_data(result, limit)
    parts = [b'{"status":"success","data":', body]
    if stats:
        parts = [b'{"status":"success","data":', body[:-1], b',"stats":', orjson.dumps(stats_json(result.stats)), b"}"]
    warnings = [annotation_text(note, query) for note in result.warnings]
    if truncated:
        warnings.append(TRUNCATED)
    if warnings:
        parts += [b',"warnings":', orjson.dumps(warnings)]
    if result.infos:
        parts += [b',"infos":', orjson.dumps([annotation_text(note, query) for note in result.infos])]
    parts.append(b"}")
    return b"".join(parts)


def prometheus_data(result: QueryResult, limit: int = 0) -> tuple[bytes, bool]:
    """`{"resultType":..,"result":..}` and whether `limit` cut series off."""
    match result.kind:
        case "string":
            value = f"[{text.format_time(result.time_ms)},{_json_string(result.text)}]"
            return b'{"resultType":"string","result":' + value.encode() + b"}", False
        case "scalar":
            frame = result.frame
            number = float(frame.values.reshape(-1)[0]) if frame is not None and frame.values.size else float("nan")
            value = f'[{text.format_time(result.time_ms)},"{text.format_value(number)}"]'
            return b'{"resultType":"scalar","result":' + value.encode() + b"}", False
        case "vector":
            series, truncated = _vector(result, limit)
        case "matrix":
            series, truncated = _matrix(result, limit)
    return b'{"resultType":"' + result.kind.encode() + b'","result":' + series + b"}", truncated


def columns_series(frame: Frame | None, limit: int = 0) -> bytes:
    """`[{"labels":..,"values":[..]},..]` over the frame's moments."""
    if frame is None:
        return b"[]"
    rows, _ = _kept(frame, limit)
    names = _names(frame.labels)
    return text.columns(names, rows, len(frame.timestamps_ms), _flat(frame.values), _present(frame))


def stats_json(stats: QueryStats) -> dict[str, object]:
    """Prometheus' stats object, with ours added."""
    timings = stats.timings_s
    evaluate_s = timings.get("evaluate", 0.0)
    queue_s = timings.get("queue", 0.0)
    parse_s = timings.get("parse", 0.0)
    samples: dict[str, object] = {
        "totalQueryableSamples": stats.samples_total,
        "peakSamples": stats.samples_peak,
    }
    if stats.samples_per_step:
        samples["totalQueryableSamplesPerStep"] = [[time_ms / 1000, seen] for time_ms, seen in stats.samples_per_step]
    return {
        "timings": {
            "evalTotalTime": evaluate_s,
            "resultSortTime": 0,
            "queryPreparationTime": timings.get("plan", 0.0) + timings.get("index", 0.0),
            "innerEvalTime": evaluate_s,
            "execQueueTime": queue_s,
            "execTotalTime": evaluate_s + queue_s + parse_s,
        },
        "samples": samples,
        "vedette": own_stats(stats),
    }


def own_stats(stats: QueryStats) -> dict[str, object]:
    """What a query cost, in our own names."""
    return {
        "series_read": stats.series_read,
        "samples_read": stats.samples_read,
        "chunks_read": stats.chunks_read,
        "bytes_read": stats.bytes_read,
        "samples_total": stats.samples_total,
        "samples_peak": stats.samples_peak,
        "result_series": stats.result_series,
        "result_points": stats.result_points,
        "timings_s": {stage: round(seconds, 7) for stage, seconds in stats.timings_s.items()},
    }


def annotation_text(note: Annotation, query: str) -> str:
    """The message with line and column, as Prometheus writes it."""
    if note.start < 0 or note.start > len(query):
        return note.message
    before = query[: note.start]
    return f"{note.message} ({before.count(chr(10)) + 1}:{note.start - before.rfind(chr(10))})"


def _names(sets: Sequence[Labels]) -> list[bytes]:
    """Label sets as JSON; those that are asked for the first time are made together."""
    names = [labels.cached_json for labels in sets]
    if None in names:
        missing = [labels for labels in sets if labels.cached_json is None]
        for labels, made in zip(missing, label_json.objects([labels.pairs for labels in missing]), strict=True):
            labels.cached_json = made
        names = [labels.json for labels in sets]
    return cast("list[bytes]", names)


def _vector(result: QueryResult, limit: int) -> tuple[bytes, bool]:
    frame = result.frame
    if frame is None or not frame.labels:
        return b"[]", False
    rows, truncated = _kept(frame, limit)
    names = _names(frame.labels)
    return text.vector(names, rows, result.time_ms, _flat(frame.values), _present(frame)), truncated


def _matrix(result: QueryResult, limit: int) -> tuple[bytes, bool]:
    if result.raw is not None:
        raw = result.raw
        truncated = 0 < limit < len(raw)
        raw = raw[:limit] if limit else raw
        starts = np.zeros(len(raw) + 1, dtype=np.int64)
        np.cumsum([len(row.values) for row in raw], out=starts[1:])
        times = _join([row.timestamps_ms for row in raw], _NO_TIMES)
        values = _join([row.values for row in raw], _NO_VALUES)
        return text.ragged(_names([row.labels for row in raw]), starts, times, values), truncated
    frame = result.frame
    if frame is None or not frame.labels:
        return b"[]", False
    rows, truncated = _kept(frame, limit)
    names = _names(frame.labels)
    times = np.ascontiguousarray(frame.timestamps_ms, dtype=np.int64)
    return text.matrix(names, rows, times, _flat(frame.values), _present(frame)), truncated


def _join(arrays: Sequence[np.ndarray], empty: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.concatenate(arrays)) if arrays else empty


def _kept(frame: Frame, limit: int) -> tuple[IntArray, bool]:
    rows = np.arange(len(frame.labels), dtype=np.int64)
    if not 0 < limit < len(rows):
        return rows, False
    if frame.present is not None:
        rows = rows[frame.present.reshape(len(rows), -1).any(axis=1)]
    return rows[:limit], len(rows) > limit


def _flat(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


def _present(frame: Frame) -> BoolArray:
    return _ALL_PRESENT if frame.present is None else np.ascontiguousarray(frame.present, dtype=np.bool_).reshape(-1)


def _json_string(value: str) -> str:
    # Escaped bytes that are no UTF-8 have no place in JSON.
    return orjson.dumps(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")).decode()
