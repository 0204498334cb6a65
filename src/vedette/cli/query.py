"""`vedette query`: PromQL against a running server or, without one, against its folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from vedette.cli.answers import Answer, Format, answer_of_json, answer_of_result, print_answer
from vedette.cli.errors import exit_code_of, text_of
from vedette.cli.moments import parse_moment_ms
from vedette.cli.options import A_PATH, api_key, choice_of, key_file_option
from vedette.cli.progress import waiting
from vedette.cli.remote import DEFAULT_URL, Remote
from vedette.clock import SystemClock
from vedette.errors import BadData, QuerySyntax
from vedette.model.duration import parse_duration_ms

_POINTS_BY_DEFAULT = 60


@click.command()
@click.argument("promql", help="The expression.")
@click.option("--url", metavar="URL", default=DEFAULT_URL, show_default=True, help="Address of a running server.")
@click.option(
    "--data", type=A_PATH, metavar="DIR", help="Read this folder instead of asking a server; it must be stopped."
)
@key_file_option
@click.option("--time", "at", metavar="MOMENT", default="now", show_default=True, help="Moment of an instant query.")
@click.option("--start", metavar="MOMENT", help="First moment of a range query.")
@click.option("--end", metavar="MOMENT", default="now", show_default=True, help="Last moment of a range query.")
@click.option("--step", metavar="DURATION", help="Step of a range query; a sixtieth of it if not given.")
@click.option(
    "--format",
    "form",
    type=choice_of(Format),
    metavar="FORMAT",
    default=Format.TABLE.value,
    show_default=True,
    help="table, csv or json.",
)
def query(
    promql: str,
    url: str,
    data: Path | None,
    key_file: Path | None,
    at: str,
    start: str | None,
    end: str,
    step: str | None,
    form: str,
) -> None:
    """Answer a PromQL expression at one moment, or over a range when --start is given.

    Moments are written now, now-6h, 2026-08-01T12:00:00Z or seconds since 1970.
    """
    times = _range(start, end, step) if start else _instant(at)
    try:
        with waiting("asking"):
            answer = _ask_folder(data, promql, times) if data else _ask_server(url, api_key(key_file), promql, times)
    except QuerySyntax as error:
        sys.stderr.write(text_of(error, promql) + "\n")
        raise click.exceptions.Exit(exit_code_of(error)) from None
    click.echo(print_answer(answer, Format(form)), nl=False)
    for warning in answer.warnings:
        sys.stderr.write(f"vedette: {warning}\n")


def _instant(at: str) -> tuple[int, int, int]:
    at_ms = parse_moment_ms(at, SystemClock().now_ms())
    return at_ms, at_ms, 0


def _range(start: str, end: str, step: str | None) -> tuple[int, int, int]:
    now_ms = SystemClock().now_ms()
    start_ms, end_ms = parse_moment_ms(start, now_ms), parse_moment_ms(end, now_ms)
    if end_ms < start_ms:
        raise BadData(f"--end {end} is before --start {start}")
    step_ms = parse_duration_ms(step) if step else max(1000, (end_ms - start_ms) // _POINTS_BY_DEFAULT // 1000 * 1000)
    if step_ms <= 0:
        raise BadData("--step must be longer than 0")
    return start_ms, end_ms, step_ms


def _ask_server(url: str, key: str, promql: str, times: tuple[int, int, int]) -> Answer:
    start_ms, end_ms, step_ms = times
    form: dict[str, Any] = {"query": promql}
    path = "/api/v1/query"
    if step_ms:
        path = "/api/v1/query_range"
        form |= {"start": start_ms / 1000, "end": end_ms / 1000, "step": step_ms / 1000}
    else:
        form["time"] = start_ms / 1000
    with Remote(url, key) as remote:
        return answer_of_json(remote.post(path, data=form))


def _ask_folder(data: Path, promql: str, times: tuple[int, int, int]) -> Answer:
    from vedette.cli.folder import open_folder
    from vedette.promql.context import QueryContext
    from vedette.promql.engine import Engine
    from vedette.promql.parser import parse

    start_ms, end_ms, step_ms = times
    expr = parse(promql)
    with open_folder(data) as store:
        engine, context = Engine(store), QueryContext(SystemClock())
        if step_ms:
            return answer_of_result(engine.range(expr, start_ms, end_ms, step_ms, context))
        return answer_of_result(engine.instant(expr, start_ms, context))
