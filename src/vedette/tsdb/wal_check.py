"""Verification of the log without opening the store, and repair; what counts as damaged is what replay says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from vedette.errors import Corruption, Unavailable
from vedette.tsdb.files import ProjectFiles, StoreFiles, parse_project_folder, replace_file, sync_folder
from vedette.tsdb.head import Head
from vedette.tsdb.registry import Registry
from vedette.tsdb.series_id import KEY_BYTES
from vedette.tsdb.wal import segments
from vedette.tsdb.wal_records import SEGMENT_HEADER_BYTES, segment_header
from vedette.tsdb.wal_replay import Replay, SegmentReading, in_words, keep_copy

_LOOKS = 3
"""How often a segment is read anew that a running server has written to meanwhile."""
_NEWER = -1
"""Stands for the records of a segment of a newer version."""


@dataclass(frozen=True, slots=True)
class LogFinding:
    """What is to be said of one segment."""

    project: str
    text: str
    normal: bool
    """Whether this is what a kill leaves, nothing that was acknowledged being concerned."""


@dataclass(slots=True)
class LogReport:
    """The outcome of a verification of all logs."""

    segments: int = 0
    records: int = 0
    samples: int = 0
    bytes: int = 0
    findings: list[LogFinding] = field(default_factory=list)

    @property
    def damaged(self) -> bool:
        """Whether anything is wrong that is not normal after a kill."""
        return not all(finding.normal for finding in self.findings)


def verify_log(
    files: StoreFiles, progress: Callable[[str, int, int], None] = lambda _name, _bytes, _total: None
) -> LogReport:
    """Read every record of all segments; `progress` gets each segment, its bytes and those of all.

    Changes nothing; the store may be in use. Raises Unavailable when a file cannot be read.
    """
    report = LogReport()
    total = sum(_size(path) for _, own in _projects(files) for _, path in segments(own))
    for project, own in _projects(files):
        found = segments(own)
        for index, (number, path) in enumerate(found):
            reading = _look(number, path, report)
            if reading is None:
                continue
            progress(f"log segment {number}", reading.size, total)
            report.segments += 1
            report.records += max(0, reading.records)
            report.bytes += reading.size
            report.findings += _judge(project, reading, last=index == len(found) - 1)
        report.findings += _missing(project, [number for number, _ in found])
    return report


def repair_log(files: StoreFiles) -> list[str]:
    """Cut torn ends; keep a copy of what is damaged elsewhere and take the damage out; a text for each step.

    The store must not be in use. Segments of a newer version stay as they are. Raises Unavailable when a file cannot be
    read, OSError when one cannot be written.
    """
    done = []
    for project, own in _projects(files):
        found = segments(own)
        for index, (number, path) in enumerate(found):
            reading = _look(number, path, LogReport())
            if reading is not None and not _is_newer(reading):
                step = _mend(own, path, reading, last=index == len(found) - 1)
                if step:
                    done.append(f"{step}, in project {project}")
    return done


def _projects(files: StoreFiles) -> Iterator[tuple[str, ProjectFiles]]:
    for folder in sorted(files.projects.iterdir()):
        project = parse_project_folder(folder.name)
        if project is not None:
            yield project, ProjectFiles(folder)


def _look(number: int, path: Path, report: LogReport) -> SegmentReading | None:
    """Read a segment as replay does; None when it is gone meanwhile."""
    reading = None
    for _ in range(_LOOKS):
        try:
            # Read, not mapped: a running server may cut the file.
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"log segment {path} cannot be read: {error.strerror}") from error
        if len(content) < SEGMENT_HEADER_BYTES:
            return SegmentReading(number, len(content))
        # Ids are not looked at, so any key will do.
        replay = Replay(ProjectFiles(path.parent.parent), Registry(bytes(KEY_BYTES)), Head(1, 1))
        try:
            reading = replay.read(number, memoryview(content))
        except Corruption as error:
            reading = SegmentReading(number, len(content), error.message, _NEWER)
        if not reading.gaps or _size(path) == len(content):
            report.samples += replay.report.samples
            return reading
    return reading


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _is_newer(reading: SegmentReading) -> bool:
    return reading.records == _NEWER


def _judge(project: str, reading: SegmentReading, last: bool) -> Iterator[LogFinding]:
    name = f"project {project}, log segment {reading.number}"
    torn_from = reading.torn_from(last)
    if reading.size < SEGMENT_HEADER_BYTES:
        yield LogFinding(project, f"{name}: is empty: {_created(last)}", normal=last)
    elif torn_from is not None:
        yield LogFinding(
            project,
            f"{name}: breaks off at byte {torn_from} of {reading.size}, behind {reading.records} good records, in the "
            "middle of a batch that was never acknowledged; this is normal after a kill",
            normal=True,
        )
    elif reading.gaps:
        yield LogFinding(project, f"project {project}, {in_words(reading)}", normal=False)
    if reading.header_problem:
        yield LogFinding(project, f"project {project}, {reading.header_problem}", normal=False)


def _created(last: bool) -> str:
    if last:
        return "the process ended while it was being created; this is normal after a kill"
    return "a later one follows, so it was cut by something else"


def _missing(project: str, numbers: list[int]) -> Iterator[LogFinding]:
    for before, after in pairwise(numbers):
        if after > before + 1:
            yield LogFinding(
                project,
                f"project {project}, log segments {before + 1} to {after - 1} are not there: a number is left out when "
                "a segment could not be begun, but a lost file looks the same",
                normal=True,
            )


def _mend(files: ProjectFiles, path: Path, reading: SegmentReading, last: bool) -> str:
    if reading.size < SEGMENT_HEADER_BYTES:
        path.unlink()
        sync_folder(files.wal)
        return f"log segment {reading.number}: the empty file is removed"
    torn_from = reading.torn_from(last)
    if not reading.gaps and not reading.header_problem:
        return ""
    content = path.read_bytes()
    if torn_from is not None:
        replace_file(path, content[:torn_from])
        return f"log segment {reading.number}: {reading.size - torn_from} torn bytes are cut from its end"
    kept = keep_copy(files, path)
    good, start = [segment_header(reading.number)], SEGMENT_HEADER_BYTES
    for gap in reading.gaps:
        good.append(content[start : gap.damage.start])
        start = gap.damage.end
    replace_file(path, b"".join([*good, content[start:]]))
    return (
        f"log segment {reading.number}: {reading.damaged_bytes} damaged bytes are taken out, "
        f"{reading.records} records stay, a copy as it was is at {kept}"
    )
