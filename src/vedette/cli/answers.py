"""Query answers on the command line: rows of labels and samples, printed as table, CSV or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from vedette.cli.moments import print_moment
from vedette.exposition.cells import csv_cell
from vedette.model.frame import QueryResult
from vedette.model.labels import Labels


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@dataclass(slots=True)
class Row:
    """One series with its samples as (time_ms, value as Prometheus writes it)."""

    labels: dict[str, str]
    samples: list[tuple[int, str]]


@dataclass(slots=True)
class Answer:
    """What a query gave."""

    kind: str
    rows: list[Row]
    warnings: list[str] = field(default_factory=list)


def answer_of_json(body: dict[str, Any]) -> Answer:
    """From the `data` of a Prometheus answer and its warnings."""
    data = body["data"]
    kind, result = data["resultType"], data["result"]
    if kind in ("scalar", "string"):
        rows = [Row({}, [_sample(result)])]
    elif kind == "vector":
        rows = [Row(item["metric"], [_sample(item["value"])]) for item in result]
    else:
        rows = [Row(item["metric"], [_sample(pair) for pair in item["values"]]) for item in result]
    return Answer(kind, rows, [*body.get("warnings", []), *body.get("infos", [])])


def answer_of_result(result: QueryResult) -> Answer:
    """From the engine's own result."""
    notes = [note.message for note in [*result.warnings, *result.infos]]
    if result.kind == "string":
        return Answer("string", [Row({}, [(result.time_ms, result.text)])], notes)
    rows = []
    for series in result.raw or ():
        pairs = zip(series.timestamps_ms.tolist(), map(number, series.values.tolist()), strict=True)
        rows.append(Row(series.labels.as_dict(), list(pairs)))
    if result.frame is not None:
        frame = result.frame
        times = frame.timestamps_ms.tolist()
        for index, labels in enumerate(frame.labels):
            values = frame.values[index].tolist()
            present = [True] * len(times) if frame.present is None else frame.present[index].tolist()
            samples = [(at, number(value)) for at, value, there in zip(times, values, present, strict=True) if there]
            if samples:
                rows.append(Row(labels.as_dict(), samples))
    return Answer(result.kind, rows, notes)


def number(value: float) -> str:
    """The shortest text that reads back as the value, as Prometheus writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    return text.removesuffix(".0")


def print_answer(answer: Answer, form: Format) -> str:
    """The whole text."""
    if form is Format.JSON:
        rows = [{"labels": row.labels, "samples": row.samples} for row in answer.rows]
        return orjson.dumps({"kind": answer.kind, "series": rows}, option=orjson.OPT_INDENT_2).decode() + "\n"
    if form is Format.CSV:
        return _csv(answer)
    if answer.kind in ("scalar", "string"):
        return "".join(f"{value}\n" for row in answer.rows for _, value in row.samples)
    if answer.kind == "vector":
        return _aligned([[str(Labels.of(row.labels)), row.samples[0][1]] for row in answer.rows])
    parts = []
    for row in answer.rows:
        lines = _aligned([[print_moment(time_ms), value] for time_ms, value in row.samples], indent="  ")
        parts.append(f"{Labels.of(row.labels)}\n{lines}")
    return "".join(parts)


def _csv(answer: Answer) -> str:
    """Texts are quoted and never formulas; numbers are as they are."""
    names = sorted({name for row in answer.rows for name in row.labels})
    lines = [[*map(csv_cell, names), "timestamp", "value"]]
    for row in answer.rows:
        labels = [csv_cell(row.labels.get(name, "")) for name in names]
        for time_ms, value in row.samples:
            lines.append([*labels, print_moment(time_ms), csv_cell(value) if answer.kind == "string" else value])
    return "".join(",".join(line) + "\n" for line in lines)


def _aligned(rows: Iterable[Sequence[str]], indent: str = "") -> str:
    lines = list(rows)
    width = max((len(first) for first, _ in lines), default=0)
    return "".join(f"{indent}{first:<{width}}  {second}\n" for first, second in lines)


def _sample(pair: Sequence[Any]) -> tuple[int, str]:
    return round(float(pair[0]) * 1000), str(pair[1])
