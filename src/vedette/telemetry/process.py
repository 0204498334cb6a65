"""This process: CPU, memory, threads, file descriptors, under the names every Prometheus client uses."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from vedette import __version__

if TYPE_CHECKING:
    import psutil

try:
    import resource
except ImportError:  # pragma: no cover - not on Windows
    resource = None  # type: ignore[assignment]  # the module is the type


class ProcessFacts:
    """Reads the operating system whenever the registry is asked."""

    def __init__(self, registry: CollectorRegistry) -> None:
        registry.register(self)

    @cached_property
    def _process(self) -> psutil.Process:
        import psutil  # noqa: PLC0415 - a fiftieth of a start, which need not wait for it

        return psutil.Process()

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for; a value the system does not give is left out."""
        with self._process.oneshot():
            times = self._process.cpu_times()
            memory = self._process.memory_info()
            switches = self._process.num_ctx_switches()
        yield CounterMetricFamily(
            "process_cpu_seconds", "Total user and system CPU time spent in seconds.", times.user + times.system
        )
        modes = CounterMetricFamily("process_cpu_mode_seconds", "CPU time by mode.", labels=["mode"])
        modes.add_metric(["user"], times.user)
        modes.add_metric(["system"], times.system)
        yield modes
        yield GaugeMetricFamily("process_resident_memory_bytes", "Resident memory size in bytes.", memory.rss)
        yield GaugeMetricFamily("process_virtual_memory_bytes", "Virtual memory size in bytes.", memory.vms)
        yield GaugeMetricFamily(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            self._process.create_time(),
        )
        involuntary = CounterMetricFamily("process_context_switches", "Context switches by kind.", labels=["kind"])
        involuntary.add_metric(["voluntary"], switches.voluntary)
        involuntary.add_metric(["involuntary"], switches.involuntary)
        yield involuntary
        yield GaugeMetricFamily(
            "vedette_telemetry_python_threads", "Threads started by Python.", threading.active_count()
        )
        yield GaugeMetricFamily("process_threads", "Threads of the process.", self._process.num_threads())
        yield from self._file_descriptors()
        build = GaugeMetricFamily("vedette_build_info", "Version of this build.", labels=["python", "version"])
        build.add_metric([platform.python_version(), __version__], 1)
        yield build

    def _file_descriptors(self) -> Iterator[Metric]:
        if sys.platform == "win32":
            return
        yield GaugeMetricFamily("process_open_fds", "Number of open file descriptors.", self._process.num_fds())
        if resource is not None:
            soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            yield GaugeMetricFamily("process_max_fds", "Maximum number of open file descriptors.", soft)
