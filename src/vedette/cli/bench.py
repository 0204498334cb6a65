"""`vedette bench`: what this machine gives, with a store and an engine of its own in a temporary folder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from vedette.cli.folder import open_folder
from vedette.clock import SystemClock
from vedette.model.batch import SampleBatch
from vedette.model.labels import Labels
from vedette.promql.context import QueryContext
from vedette.promql.engine import Engine
from vedette.promql.parser import parse
from vedette.storage.interface import DEFAULT_PROJECT
from vedette.tsdb.db import Tsdb

_STEP_MS = 10_000
_METRICS = 10
_REPEATS = 5
_QUERIES = (
    'bench_metric_0{host="host_7"}',
    "avg by (host) (avg_over_time(bench_metric_1[1m]))",
    "sum by (region) (rate(bench_metric_2[5m]))",
    "quantile(0.99, bench_metric_3)",
)


@click.command()
@click.option(
    "--hosts",
    type=click.IntRange(1, 100_000),
    metavar="N",
    default=100,
    show_default=True,
    help="Hosts with ten series each.",
)
@click.option(
    "--hours",
    type=click.FloatRange(0.1, 240),
    metavar="N",
    default=1,
    show_default=True,
    help="Time they are watched, every 10 s.",
)
def bench(hosts: int, hours: float) -> None:
    """Store and query made-up samples in a temporary folder and print the figures.

    The workloads that are compared with other systems are in bench/ of the source: make bench.
    """
    with tempfile.TemporaryDirectory() as folder, open_folder(Path(folder) / "data", create=True) as store:
        end_ms = SystemClock().now_ms()
        start_ms = end_ms - round(hours * 3_600_000)
        count, seconds = _write(store, hosts, start_ms, end_ms)
        click.echo(f"append, synced     {count / seconds:>12,.0f} samples/s")
        _, seconds = _timed(lambda: store.seal(DEFAULT_PROJECT))
        stats = store.stats(DEFAULT_PROJECT)
        click.echo(f"seal to a block    {count / seconds:>12,.0f} samples/s")
        click.echo(f"on disk            {stats.bytes_on_disk / count:>12.2f} bytes a sample, log included")
        engine = Engine(store)
        for text in _QUERIES:
            expr = parse(text)
            best_s = min(
                _timed(lambda: engine.range(expr, start_ms, end_ms, 60_000, QueryContext(SystemClock())))[1]  # noqa: B023 - called at once
                for _ in range(_REPEATS)
            )
            click.echo(f"query              {best_s * 1000:>12.2f} ms  {text}")


def _write(store: Tsdb, hosts: int, start_ms: int, end_ms: int) -> tuple[int, float]:
    labels = [
        Labels.of({"__name__": f"bench_metric_{metric}", "host": f"host_{host}", "region": f"region_{host % 9}"})
        for host in range(hosts)
        for metric in range(_METRICS)
    ]
    random = np.random.default_rng(7)
    refs = store.intern(DEFAULT_PROJECT, labels)
    values = random.integers(0, 100, len(refs)).astype(np.float64)
    moments = range(start_ms, end_ms, _STEP_MS)
    spent_s = 0.0
    for moment_ms in moments:
        values = np.clip(np.round(values + random.normal(0, 1, len(refs)), 2), 0, 100)
        batch = SampleBatch(refs, np.full(len(refs), moment_ms), values)
        spent_s += _timed(lambda: store.append(DEFAULT_PROJECT, batch))[1]  # noqa: B023 - called at once
    return len(refs) * len(moments), spent_s


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started
