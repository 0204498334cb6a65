"""Runs workloads and prints their figures beside the peers: `python -m bench.run [NAME ...] [--hours 12]`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import bench.workloads
from bench.process import free_cores
from bench.report import Report


@dataclass
class Options:
    """What the command line asked for."""

    hours: float
    peers: list[str]
    folder: Path
    keep: bool


def main() -> None:
    """Run the named workloads, or all."""
    names = [module.name for module in pkgutil.iter_modules(bench.workloads.__path__)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(names)}")
    parser.add_argument("--hours", type=float, default=12, help="length of the data set")
    parser.add_argument("--peers", default="vedette,victoria-metrics,prometheus")
    parser.add_argument("--folder", type=Path, help="keep data here")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in names:
            parser.error(f"no workload {name!r}: there are {', '.join(names)}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        options = Options(arguments.hours, arguments.peers.split(","), folder, arguments.folder is not None)
        for name in arguments.names or names:
            module = importlib.import_module(f"bench.workloads.{name}")
            print(f"\n== {module.TITLE} ({free_cores()}, {time.strftime('%H:%M:%S')})", flush=True)
            module.run(report, options)
    print(f"\nwritten to {report.save()}")
    missed = [figure.what for figure in report.figures if figure.met is False]
    if missed:
        print(f"{len(missed)} figures not reached: " + "; ".join(missed))


if __name__ == "__main__":
    main()
