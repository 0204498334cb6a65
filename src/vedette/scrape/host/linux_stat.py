"""CPU times, load, context switches, interrupts, pressure and file handles from /proc."""

from __future__ import annotations

import os

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

_PRESSURE = {
    ("cpu", "some"): ("node_pressure_cpu_waiting_seconds_total", "Time that processes have waited for CPU."),
    ("io", "some"): ("node_pressure_io_waiting_seconds_total", "Time that processes have waited for I/O."),
    ("io", "full"): ("node_pressure_io_stalled_seconds_total", "Time no process could make progress due to I/O."),
    ("memory", "some"): ("node_pressure_memory_waiting_seconds_total", "Time that processes have waited for memory."),
    ("memory", "full"): (
        "node_pressure_memory_stalled_seconds_total",
        "Time no process could make progress due to memory.",
    ),
    ("irq", "full"): ("node_pressure_irq_stalled_seconds_total", "Time no process could make progress due to IRQs."),
}
_STAT = {
    "ctxt": ("counter", "node_context_switches_total", "Total number of context switches."),
    "intr": ("counter", "node_intr_total", "Total number of interrupts serviced."),
    "processes": ("counter", "node_forks_total", "Total number of forks."),
    "btime": ("gauge", "node_boot_time_seconds", "Node boot time, in unixtime."),
    "procs_running": ("gauge", "node_procs_running", "Number of processes in runnable state."),
    "procs_blocked": ("gauge", "node_procs_blocked", "Number of processes blocked waiting for I/O to complete."),
}


def read_stat(out: Readings, proc: ProcFs) -> None:
    """/proc/stat: CPU seconds by core and mode, kernel counters."""
    for line in proc.text("proc/stat").splitlines():
        key, _, rest = line.partition(" ")
        if key.startswith("cpu") and key != "cpu":
            _cpu(out, key[3:], rest.split())
        elif key in _STAT:
            kind, name, text = _STAT[key]
            # Only the first number of the interrupt line is the total; the rest may be a thousand fields long.
            value = float(rest.lstrip().partition(" ")[0])
            (out.counter if kind == "counter" else out.gauge)(name, text, value)


def _cpu(out: Readings, cpu: str, fields: list[str]) -> None:
    seconds = [int(field) / _TICKS_PER_S for field in fields]
    for mode, value in zip(_MODES, seconds, strict=False):
        out.counter(
            "node_cpu_seconds_total",
            "Seconds the CPUs spent in each mode.",
            value,
            (("cpu", cpu), ("mode", mode)),
        )
    for mode, value in zip(("user", "nice"), seconds[8:10], strict=False):
        out.counter(
            "node_cpu_guest_seconds_total",
            "Seconds the CPUs spent in guests (VMs) for each mode.",
            value,
            (("cpu", cpu), ("mode", mode)),
        )


def read_load(out: Readings, proc: ProcFs) -> None:
    """/proc/loadavg."""
    fields = proc.text("proc/loadavg").split()
    for field, name in zip(fields, ("node_load1", "node_load5", "node_load15"), strict=False):
        out.gauge(name, f"{name[9:]}m load average.", float(field))
    if len(fields) > 3 and "/" in fields[3]:
        threads = fields[3].partition("/")[2]
        out.gauge("node_processes_threads", "Allocated threads in system.", float(threads))


def read_pressure(out: Readings, proc: ProcFs) -> None:
    """/proc/pressure/*: pressure stall information, where the kernel has it."""
    for resource in ("cpu", "io", "memory", "irq"):
        for line in proc.text(f"proc/pressure/{resource}").splitlines():
            kind, _, rest = line.partition(" ")
            known = _PRESSURE.get((resource, kind))
            _, found, total_us = rest.rpartition("total=")
            if known and found:
                out.counter(*known, float(total_us) / 1e6)


def read_file_handles(out: Readings, proc: ProcFs) -> None:
    """/proc/sys/fs/file-nr and the entropy pool."""
    fields = proc.text("proc/sys/fs/file-nr").split()
    if len(fields) == 3:
        out.gauge("node_filefd_allocated", "File descriptor statistics: allocated.", float(fields[0]))
        out.gauge("node_filefd_maximum", "File descriptor statistics: maximum.", float(fields[2]))
    entropy = proc.number("proc/sys/kernel/random/entropy_avail")
    if entropy is not None:
        out.gauge("node_entropy_available_bits", "Bits of available entropy.", entropy)
