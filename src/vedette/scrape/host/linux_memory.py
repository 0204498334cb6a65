"""Memory, swap and paging from /proc/meminfo and /proc/vmstat."""

from __future__ import annotations

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_VMSTAT = frozenset({"oom_kill", "pgpgin", "pgpgout", "pswpin", "pswpout", "pgfault", "pgmajfault"})


def read_memory(out: Readings, proc: ProcFs) -> None:
    """/proc/meminfo, every field under node_exporter's name for it."""
    for line in proc.text("proc/meminfo").splitlines():
        field, _, rest = line.partition(":")
        number, _, unit = rest.strip().partition(" ")
        name = "node_memory_" + field.replace("(", "_").replace(")", "")
        if unit == "kB":
            out.gauge(f"{name}_bytes", f"Memory information field {field}.", float(number) * 1024)
        else:
            out.gauge(name, f"Memory information field {field}.", float(number))


def read_paging(out: Readings, proc: ProcFs) -> None:
    """/proc/vmstat: the fields node_exporter takes."""
    for line in proc.text("proc/vmstat").splitlines():
        field, _, number = line.partition(" ")
        if field in _VMSTAT:
            out.counter(f"node_vmstat_{field}", f"/proc/vmstat information field {field}.", float(number))
