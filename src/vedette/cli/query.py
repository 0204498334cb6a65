"""`vedette query`: PromQL against a running server or, without one, against its folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.answers import Answer, Format, answer_of_json, answer_of_result, print_answer
from vedette.cli.errors import exit_code_of, text_of
from vedette.cli.moments import parse_moment_ms
from vedette.cli.options import Url
from vedette.cli.progress import waiting
from vedette.cli.remote import DEFAULT_URL, Remote
from vedette.clock import SystemClock
from vedette.errors import BadData, QuerySyntax
from vedette.model.duration import parse_duration_ms

_POINTS_BY_DEFAULT = 60


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("query")(query)


def query(
    promql: Annotated[str, typer.Argument(help="The expression.", metavar="PROMQL")],
    url: Url = DEFAULT_URL,
    data: Annotated[
        Path | None,
        typer.Option(help="Read this folder instead of asking a server; it must be stopped.", metavar="DIR"),
    ] = None,
    at: Annotated[str, typer.Option("--time", help="Moment of an instant query.", metavar="MOMENT")] = "now",
    start: Annotated[str, typer.Option(help="First moment of a range query.", metavar="MOMENT")] = "",
    end: Annotated[str, typer.Option(help="Last moment of a range query.", metavar="MOMENT")] = "now",
    step: Annotated[
        str, typer.Option(help="Step of a range query; a sixtieth of it if not given.", metavar="DURATION")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="table, csv or json.", metavar="FORMAT")] = Format.TABLE,
) -> None:
    """Answer a PromQL expression at one moment, or over a range when --start is given.

    Moments are written now, now-6h, 2026-08-01T12:00:00Z or seconds since 1970.
    """
    now_ms = SystemClock().now_ms()
    if start:
        start_ms, end_ms = parse_moment_ms(start, now_ms), parse_moment_ms(end, now_ms)
        if end_ms < start_ms:
            raise BadData(f"--end {end} is before --start {start}")
        step_ms = (
            parse_duration_ms(step) if step else max(1000, (end_ms - start_ms) // _POINTS_BY_DEFAULT // 1000 * 1000)
        )
        if step_ms <= 0:
            raise BadData("--step must be longer than 0")
        times = (start_ms, end_ms, step_ms)
    else:
        at_ms = parse_moment_ms(at, now_ms)
        times = (at_ms, at_ms, 0)
    try:
        with waiting("asking"):
            answer = _ask_folder(data, promql, times) if data else _ask_server(url, promql, times)
    except QuerySyntax as error:
        sys.stderr.write(text_of(error, promql) + "\n")
        raise typer.Exit(exit_code_of(error)) from None
    typer.echo(print_answer(answer, form), nl=False)
    for warning in answer.warnings:
        sys.stderr.write(f"vedette: {warning}\n")


def _ask_server(url: str, promql: str, times: tuple[int, int, int]) -> Answer:
    start_ms, end_ms, step_ms = times
    form: dict[str, Any] = {"query": promql}
    path = "/api/v1/query"
    if step_ms:
        path = "/api/v1/query_range"
        form |= {"start": start_ms / 1000, "end": end_ms / 1000, "step": step_ms / 1000}
    else:
        form["time"] = start_ms / 1000
    with Remote(url) as remote:
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
