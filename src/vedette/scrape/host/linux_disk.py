"""Disk I/O from /proc/diskstats."""

from __future__ import annotations

import re

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_SECTOR_BYTES = 512.0
# Partitions, RAM disks and loop devices are left out, as node_exporter does.
_LEFT_OUT = re.compile(r"(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p|mmcblk\d+p)\d+")

_READS = "The total number of reads completed successfully."
# Field by position after the device name: (name, help, factor).
_FIELDS = (
    ("node_disk_reads_completed_total", _READS, 1.0),
    ("node_disk_reads_merged_total", "The total number of reads merged.", 1.0),
    ("node_disk_read_bytes_total", "The total number of bytes read successfully.", _SECTOR_BYTES),
    ("node_disk_read_time_seconds_total", "The total number of seconds spent by all reads.", 1e-3),
    ("node_disk_writes_completed_total", "The total number of writes completed successfully.", 1.0),
    ("node_disk_writes_merged_total", "The number of writes merged.", 1.0),
    ("node_disk_written_bytes_total", "The total number of bytes written successfully.", _SECTOR_BYTES),
    ("node_disk_write_time_seconds_total", "The total number of seconds spent by all writes.", 1e-3),
    ("node_disk_io_now", "The number of I/Os currently in progress.", 1.0),
    ("node_disk_io_time_seconds_total", "Total seconds spent doing I/Os.", 1e-3),
    ("node_disk_io_time_weighted_seconds_total", "The weighted # of seconds spent doing I/Os.", 1e-3),
    ("node_disk_discards_completed_total", "The total number of discards completed successfully.", 1.0),
    ("node_disk_discards_merged_total", "The total number of discards merged.", 1.0),
    ("node_disk_discarded_sectors_total", "The total number of sectors discarded successfully.", 1.0),
    ("node_disk_discard_time_seconds_total", "The total number of seconds spent by all discards.", 1e-3),
    ("node_disk_flush_requests_total", "The total number of flush requests completed successfully.", 1.0),
    ("node_disk_flush_requests_time_seconds_total", "The total number of seconds spent by all flush requests.", 1e-3),
)


def read_disks(out: Readings, proc: ProcFs) -> None:
    """One row of counters for each whole disk."""
    for line in proc.text("proc/diskstats").splitlines():
        fields = line.split()
        if len(fields) < 14 or _LEFT_OUT.fullmatch(fields[2]):
            continue
        labels = (("device", fields[2]),)
        for (name, text, factor), field in zip(_FIELDS, fields[3:], strict=False):
            kind = out.gauge if name == "node_disk_io_now" else out.counter
            # Dividing keeps 17.811 where multiplying by 0.001 would give 17.811000000000003.
            kind(name, text, int(field) / 1000 if factor == 1e-3 else int(field) * factor, labels)
