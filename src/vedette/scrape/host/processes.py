"""Processes grouped by command name: a bounded list of the busiest and largest, and one row for all others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

OTHER = "other"
# The kernel's letters, as node_exporter shows them, and psutil's words for the same.
_STATES = ("R", "S", "D", "I", "Z", "T")
_LETTERS = {"running": "R", "disk-sleep": "D", "idle": "I", "zombie": "Z", "stopped": "T", "tracing-stop": "T"}


class Process(NamedTuple):
    """One process as the kernel shows it at one moment."""

    pid: int
    command: str
    state: str
    cpu_s: float
    threads: int
    resident_bytes: int
    started: float
    """Distinguishes a process from an earlier one with the same pid."""


@dataclass(slots=True)
class _Group:
    cpu_s: float = 0.0
    """CPU used since first seen; it never falls, though processes of the group end."""
    recent_cpu_s: float = 0.0
    """Smoothed CPU of the last readings, for the ranking."""
    resident_bytes: int = 0
    processes: int = 0
    threads: int = 0
    idle_readings: int = field(default=0)


class ProcessReader:
    """Keeps the CPU of each process between readings, so that a group's counter survives its members."""

    def __init__(self, proc: ProcFs, groups: int) -> None:
        """At most `groups` command names get series of their own."""
        self._proc = proc
        self._limit = groups
        self._seen: dict[tuple[int, float], float] = {}
        self._groups: dict[str, _Group] = {}
        self._other_cpu_s = 0.0
        self._shown: set[str] = set()
        self._first = True

    def read(self, out: Readings) -> None:
        """Read all processes once and give the groups' values."""
        states: dict[str, int] = {}
        used: dict[str, float] = {}
        seen: dict[tuple[int, float], float] = {}
        for group in self._groups.values():
            group.resident_bytes = group.processes = group.threads = 0
        for process in list_processes(self._proc):
            states[process.state] = states.get(process.state, 0) + 1
            key = (process.pid, process.started)
            seen[key] = process.cpu_s
            # What ran before the first reading is not ours to count.
            before = self._seen.get(key, process.cpu_s if self._first else 0.0)
            used[process.command] = used.get(process.command, 0.0) + max(0.0, process.cpu_s - before)
            group = self._groups.setdefault(process.command, _Group())
            group.resident_bytes += process.resident_bytes
            group.processes += 1
            group.threads += process.threads
        self._seen = seen
        self._first = False
        self._account(used)
        self._give(out, states)

    def _account(self, used: dict[str, float]) -> None:
        """Add the CPU used since the last reading and choose the groups that are shown."""
        for name, group in list(self._groups.items()):
            group.recent_cpu_s = 0.8 * group.recent_cpu_s + used.get(name, 0.0)
            group.idle_readings = 0 if group.processes else group.idle_readings + 1
            # A command that runs now and then keeps its counter for a while; others are forgotten.
            if group.idle_readings > 12:
                del self._groups[name]
        live = [name for name, group in self._groups.items() if group.processes or name in self._shown]
        by_cpu = sorted(live, key=lambda name: self._groups[name].recent_cpu_s, reverse=True)
        by_size = sorted(live, key=lambda name: self._groups[name].resident_bytes, reverse=True)
        shown = dict.fromkeys(by_cpu[: self._limit // 2])
        for name in by_size:
            if len(shown) >= self._limit:
                break
            shown[name] = None
        self._shown = set(shown)
        for name, cpu_s in used.items():
            if name in shown:
                self._groups[name].cpu_s += cpu_s
            else:
                self._other_cpu_s += cpu_s

    def _give(self, out: Readings, states: dict[str, int]) -> None:
        other = _Group(cpu_s=self._other_cpu_s)
        for name, group in self._groups.items():
            if name in self._shown:
                _row(out, name, group)
            else:
                other.resident_bytes += group.resident_bytes
                other.processes += group.processes
                other.threads += group.threads
        _row(out, OTHER, other)
        for state in _STATES:
            count = states.get(state, 0)
            out.gauge("node_processes_state", "Number of processes in each state.", count, (("state", state),))
        out.gauge("node_processes_pids", "Number of PIDs.", sum(states.values()))


def _row(out: Readings, command: str, group: _Group) -> None:
    labels = (("command", command),)
    out.counter(
        "vedette_process_cpu_seconds_total",
        "CPU seconds used by processes of a command since it was first listed.",
        group.cpu_s,
        labels,
    )
    out.gauge(
        "vedette_process_resident_bytes", "Resident memory of a command's processes.", group.resident_bytes, labels
    )
    out.gauge("vedette_process_count", "Processes of a command.", group.processes, labels)
    out.gauge("vedette_process_threads", "Threads of a command's processes.", group.threads, labels)


def list_processes(proc: ProcFs) -> Iterator[Process]:
    """All processes that can be seen; those that end meanwhile are left out."""
    if (proc.root / "proc/stat").exists():
        return _linux(proc)
    return _portable()


def _linux(proc: ProcFs) -> Iterator[Process]:
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    ticks_per_s = os.sysconf("SC_CLK_TCK")
    folder = proc.root / "proc"
    for name in os.listdir(folder):  # noqa: PTH208 - Path.iterdir makes an object for each of a thousand names
        if not name.isdigit():
            continue
        text = proc.text(f"proc/{name}/stat")
        # The command is in brackets and may itself hold brackets and blanks.
        start, end = text.find("("), text.rfind(")")
        fields = text[end + 2 :].split()
        if start < 0 or len(fields) < 22:
            continue
        # Kernel threads (children of kthreadd, pid 2) have a name for each CPU and work queue: one row for all.
        kernel = fields[1] == "2" or name == "2"
        yield Process(
            pid=int(name),
            command="[kernel]" if kernel else text[start + 1 : end],
            state="T" if fields[0] == "t" else fields[0],
            cpu_s=(int(fields[11]) + int(fields[12])) / ticks_per_s,
            threads=int(fields[17]),
            resident_bytes=int(fields[21]) * page_bytes,
            started=float(fields[19]),
        )


def _portable() -> Iterator[Process]:
    wanted = ["pid", "name", "status", "cpu_times", "num_threads", "memory_info", "create_time"]
    for process in psutil.process_iter(wanted):
        info = process.info
        times, memory = info["cpu_times"], info["memory_info"]
        yield Process(
            pid=info["pid"],
            command=info["name"] or "unknown",
            state=_LETTERS.get(str(info["status"]), "S"),
            cpu_s=times.user + times.system if times else 0.0,
            threads=info["num_threads"] or 0,
            resident_bytes=memory.rss if memory else 0,
            started=info["create_time"] or 0.0,
        )
