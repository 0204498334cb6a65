"""CPU, memory, disk and network through psutil, for systems without /proc."""

from __future__ import annotations

import os

import psutil

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_MEMORY = {
    "total": "MemTotal",
    "available": "MemAvailable",
    "free": "MemFree",
    "active": "Active",
    "inactive": "Inactive",
    "wired": "Wired",
    "buffers": "Buffers",
    "cached": "Cached",
}
_DISK = {
    "read_count": ("node_disk_reads_completed_total", "The total number of reads completed successfully.", 1),
    "write_count": ("node_disk_writes_completed_total", "The total number of writes completed successfully.", 1),
    "read_bytes": ("node_disk_read_bytes_total", "The total number of bytes read successfully.", 1),
    "write_bytes": ("node_disk_written_bytes_total", "The total number of bytes written successfully.", 1),
    "read_time": ("node_disk_read_time_seconds_total", "The total number of seconds spent by all reads.", 1000),
    "write_time": ("node_disk_write_time_seconds_total", "The total number of seconds spent by all writes.", 1000),
}
_NETWORK = {
    "bytes_recv": "receive_bytes",
    "bytes_sent": "transmit_bytes",
    "packets_recv": "receive_packets",
    "packets_sent": "transmit_packets",
    "errin": "receive_errs",
    "errout": "transmit_errs",
    "dropin": "receive_drop",
    "dropout": "transmit_drop",
}


def read_cpu(out: Readings, _proc: ProcFs) -> None:
    """CPU seconds by core and mode, load and boot time."""
    for cpu, times in enumerate(psutil.cpu_times(percpu=True)):
        for mode, value in times._asdict().items():
            out.counter(
                "node_cpu_seconds_total",
                "Seconds the CPUs spent in each mode.",
                value,
                (("cpu", str(cpu)), ("mode", mode)),
            )
    if hasattr(os, "getloadavg"):
        for name, value in zip(("node_load1", "node_load5", "node_load15"), os.getloadavg(), strict=True):
            out.gauge(name, f"{name[9:]}m load average.", value)
    statistics = psutil.cpu_stats()
    out.counter("node_context_switches_total", "Total number of context switches.", statistics.ctx_switches)
    out.counter("node_intr_total", "Total number of interrupts serviced.", statistics.interrupts)
    out.gauge("node_boot_time_seconds", "Node boot time, in unixtime.", psutil.boot_time())


def read_memory(out: Readings, _proc: ProcFs) -> None:
    """Memory and swap under the names Linux has for them."""
    memory = psutil.virtual_memory()
    for field, name in _MEMORY.items():
        value = getattr(memory, field, None)
        if value is not None:
            out.gauge(f"node_memory_{name}_bytes", f"Memory information field {name}.", value)
    swap = psutil.swap_memory()
    out.gauge("node_memory_SwapTotal_bytes", "Memory information field SwapTotal.", swap.total)
    out.gauge("node_memory_SwapFree_bytes", "Memory information field SwapFree.", swap.free)


def read_io(out: Readings, _proc: ProcFs) -> None:
    """Disk and network counters."""
    for device, disk in (psutil.disk_io_counters(perdisk=True) or {}).items():
        for field, (name, text, divisor) in _DISK.items():
            value = getattr(disk, field, None)
            if value is not None:
                out.counter(name, text, value / divisor, (("device", device),))
    for device, net in psutil.net_io_counters(pernic=True).items():
        for field, name in _NETWORK.items():
            out.counter(
                f"node_network_{name}_total",
                f"Network device statistic {name}.",
                getattr(net, field),
                (("device", device),),
            )


def read_sensors(out: Readings, _proc: ProcFs) -> None:
    """Temperatures, where psutil knows them."""
    read = getattr(psutil, "sensors_temperatures", None)
    for chip, sensors in (read() if read else {}).items():
        for number, sensor in enumerate(sensors, 1):
            labels = (("chip", chip), ("sensor", f"temp{number}"))
            out.gauge("node_hwmon_temp_celsius", "Hardware monitor for temperature (input).", sensor.current, labels)
