"""The process that is killed: plays the history from a step on and prints each step that is acknowledged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.crash import history

from vedette.tsdb.db import Tsdb


def main() -> None:
    folder, step = Path(sys.argv[1]), int(sys.argv[2])
    store = Tsdb(folder, history.SETTINGS, history.clock(), CollectorRegistry())
    while True:
        history.play(store, step)
        step += 1
        os.write(1, b"%d\n" % step)


if __name__ == "__main__":
    main()
