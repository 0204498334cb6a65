"""File system usage of what is mounted here, pseudo file systems left out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psutil

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_LEFT_OUT_MOUNTS = re.compile(
    r"/(dev|proc|run/credentials/.+|sys|snap|var/lib/docker/.+|var/lib/containers/.+|var/lib/kubelet/.+)($|/.*)"
)
_LEFT_OUT_TYPES = frozenset(
    [
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fusectl",
        "hugetlbfs",
        "iso9660",
        "mqueue",
        "nsfs",
        "overlay",
        "proc",
        "procfs",
        "pstore",
        "rpc_pipefs",
        "securityfs",
        "selinuxfs",
        "squashfs",
        "erofs",
        "sysfs",
        "tracefs",
        "devfs",
        "ramfs",
    ]
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def read_filesystems(out: Readings, proc: ProcFs) -> None:
    """One row of gauges for each mounted file system; one that does not answer is reported as a device error."""
    for device, mountpoint, fstype, options in _mounts(proc):
        labels = (("device", device), ("fstype", fstype), ("mountpoint", mountpoint))
        try:
            usage = os.statvfs(proc.root / mountpoint.lstrip("/"))
        except OSError:
            out.gauge("node_filesystem_device_error", "Whether statistics could not be read.", 1.0, labels)
            continue
        block = float(usage.f_frsize)
        out.gauge("node_filesystem_size_bytes", "Filesystem size in bytes.", usage.f_blocks * block, labels)
        out.gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.", usage.f_bfree * block, labels)
        out.gauge(
            "node_filesystem_avail_bytes",
            "Filesystem space available to non-root users in bytes.",
            usage.f_bavail * block,
            labels,
        )
        out.gauge("node_filesystem_files", "Filesystem total file nodes.", float(usage.f_files), labels)
        out.gauge("node_filesystem_files_free", "Filesystem total free file nodes.", float(usage.f_ffree), labels)
        read_only = float("ro" in options.split(","))
        out.gauge("node_filesystem_readonly", "Filesystem read-only status.", read_only, labels)
        out.gauge("node_filesystem_device_error", "Whether statistics could not be read.", 0.0, labels)


def _mounts(proc: ProcFs) -> list[tuple[str, str, str, str]]:
    """(device, mount point, type, options), the last mount of each place, without pseudo file systems."""
    found = {}
    for device, mountpoint, fstype, options in _all_mounts(proc):
        # A container's root is an overlay: the one place where it is worth watching.
        pseudo = fstype in _LEFT_OUT_TYPES and mountpoint != "/"
        if not pseudo and fstype != "rootfs" and not _LEFT_OUT_MOUNTS.fullmatch(mountpoint):
            found[mountpoint] = (device, mountpoint, fstype, options)
    return list(found.values())


def _all_mounts(proc: ProcFs) -> list[tuple[str, str, str, str]]:
    # The first process's view is the machine's; a container without it sees its own.
    text = proc.text("proc/1/mounts") or proc.text("proc/mounts")
    if text:
        rows = [line.split() for line in text.splitlines()]
        return [(_plain(row[0]), _plain(row[1]), row[2], row[3]) for row in rows if len(row) >= 4]
    if proc.root != Path("/"):
        return []
    return [(part.device, part.mountpoint, part.fstype, part.opts) for part in psutil.disk_partitions(all=False)]


def _plain(field: str) -> str:
    """Undo the octal escapes of blanks in mount tables."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), field)
