"""Which readers this system has, and readers that run beside the tick because they may be slow or hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from vedette.model.metadata import MetricMetadata
from vedette.scrape.host import (
    filesystems,
    linux_disk,
    linux_memory,
    linux_network,
    linux_sensors,
    linux_stat,
    portable,
    system,
)
from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

Reader = tuple[str, Callable[[Readings], None]]
_log = structlog.get_logger(__name__)


def fast_readers(proc: ProcFs) -> list[Reader]:
    """Readers cheap enough for every tick: (collector name as node_exporter has it, function)."""
    if (proc.root / "proc/stat").exists():
        return [
            ("stat", lambda out: linux_stat.read_stat(out, proc)),
            ("loadavg", lambda out: linux_stat.read_load(out, proc)),
            ("meminfo", lambda out: linux_memory.read_memory(out, proc)),
            ("vmstat", lambda out: linux_memory.read_paging(out, proc)),
            ("diskstats", lambda out: linux_disk.read_disks(out, proc)),
            ("netdev", lambda out: linux_network.read_devices(out, proc)),
            ("pressure", lambda out: linux_stat.read_pressure(out, proc)),
            ("filefd", lambda out: linux_stat.read_file_handles(out, proc)),
        ]
    return [
        ("cpu", lambda out: portable.read_cpu(out, proc)),
        ("meminfo", lambda out: portable.read_memory(out, proc)),
        ("io", lambda out: portable.read_io(out, proc)),
    ]


def slow_readers(proc: ProcFs) -> list[Reader]:
    """Readers of what hardly changes."""
    readers: list[Reader] = [("uname", lambda out: system.read_system(out, proc))]
    if (proc.root / "proc/stat").exists():
        readers += [
            ("netstat", lambda out: linux_network.read_protocols(out, proc)),
            ("netclass", lambda out: linux_network.read_interfaces(out, proc)),
            ("hwmon", lambda out: linux_sensors.read_hwmon(out, proc)),
            ("thermal_zone", lambda out: linux_sensors.read_thermal_zones(out, proc)),
            ("cpufreq", lambda out: linux_sensors.read_cpu_frequencies(out, proc)),
        ]
    else:
        readers.append(("hwmon", lambda out: portable.read_sensors(out, proc)))
    return readers


def filesystem_readers(proc: ProcFs) -> list[Reader]:
    """Readers that a dead network mount may block for ever: they get a thread of their own."""
    return [("filesystem", lambda out: filesystems.read_filesystems(out, proc))]


def read_all(readers: Sequence[Reader], out: Readings) -> None:
    """Run readers one by one; one that fails is logged and told in node_scrape_collector_success."""
    for name, read in readers:
        started = time.perf_counter()
        success = 1.0
        try:
            read(out)
        except Exception as error:  # noqa: BLE001 - kernels differ; one odd file must not silence all others
            success = 0.0
            _log.warning("host_reader_failed", reader=name, error=f"{type(error).__name__}: {error}")
        labels = (("collector", name),)
        out.gauge("node_scrape_collector_success", "Whether a collector succeeded.", success, labels)
        out.gauge(
            "node_scrape_collector_duration_seconds",
            "Duration of a collector's reading.",
            time.perf_counter() - started,
            labels,
        )


class BackgroundReading:
    """Readers on a thread of their own every so often; the tick takes what is finished and never waits."""

    def __init__(self, name: str, readers: Sequence[Reader], interval_ms: int) -> None:
        self.name = name
        self._readers = readers
        self._interval_ms = interval_ms
        self._metadata: dict[str, MetricMetadata] = {}
        self._due_ms: int | None = None
        self._thread: threading.Thread | None = None
        self._finished: Readings | None = None

    def poll(self, now_ms: int) -> Readings | None:
        """Readings finished since the last call, if any; starts the next round when it is due."""
        if self._thread is not None and self._thread.is_alive():
            return None
        finished, self._finished = self._finished, None
        clock_went_back = self._due_ms is not None and self._due_ms - now_ms > self._interval_ms
        if self._due_ms is None or now_ms >= self._due_ms or clock_went_back:
            self._due_ms = (now_ms // self._interval_ms + 1) * self._interval_ms
            # A daemon thread: a mount that never answers must not hold up the end of the process.
            self._thread = threading.Thread(target=self._run, name=f"host-{self.name}", daemon=True)
            self._thread.start()
        return finished

    def join(self, timeout_s: float) -> None:
        """Wait for the round under way."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        out = Readings(self._metadata)
        read_all(self._readers, out)
        self._finished = out
