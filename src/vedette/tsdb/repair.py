"""Verification of blocks, byte by byte, and repair: what is damaged moves to the quarantine, the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vedette.errors import Corruption
from vedette.model.special import IntArray
from vedette.model.timerange import TimeRange
from vedette.tsdb.block import Block
from vedette.tsdb.block_folder import quarantine_block
from vedette.tsdb.block_meta import BlockMeta, read_meta
from vedette.tsdb.block_writer import row_order
from vedette.tsdb.compaction import compact, finish
from vedette.tsdb.files import ProjectFiles, StoreFiles, is_block_id, parse_project_folder
from vedette.tsdb.series_id import series_id

_BATCH_ROWS: Final = 512


@dataclass(slots=True)
class Finding:
    """What is wrong with one block."""

    project: str
    block_id: str
    problems: list[str]
    readable: bool
    """False: the whole block is lost; true: only `rows` are."""
    time_range: TimeRange | None
    """When the lost samples are from, None where even that cannot be read."""
    series: int
    """How many series lose samples; 0 where that cannot be read."""


@dataclass(slots=True)
class Report:
    """The outcome of a verification."""

    blocks: int = 0
    samples: int = 0
    bytes: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verification is."""

    project: str
    block_id: str
    done_bytes: int
    total_bytes: int


def verify(files: StoreFiles, progress: Callable[[Progress], None] = lambda _: None) -> Report:
    """Check every checksum and decode every sample of all blocks. Changes nothing; the store may be in use."""
    report = Report()
    found = list(_blocks(files))
    total = sum(_size(files.project(project), block_id) for project, block_id in found)
    key = files.key.read_bytes() if files.key.exists() else None
    for project, block_id in found:
        progress(Progress(project, block_id, report.bytes, total))
        size = _size(files.project(project), block_id)
        finding = _verify_block(files.project(project), project, block_id, key, report)
        if finding is not None:
            report.findings.append(finding)
        report.blocks += 1
        report.bytes += size
    return report


def repair(files: StoreFiles, findings: list[Finding], new_block_id: Callable[[], str]) -> list[str]:
    """Move what is damaged to the quarantine and keep the rest; a text for each step. The store must not be in use."""
    done = []
    for finding in findings:
        project = files.project(finding.project)
        if not finding.readable:
            place = quarantine_block(project, finding.block_id, "\n".join(finding.problems))
            done.append(f"block {finding.block_id} of project {finding.project} is now in {place}")
            continue
        block = Block.open(project.block(finding.block_id))
        done.extend(finish(project, compact(project, [block], new_block_id())))
    return done


def _blocks(files: StoreFiles) -> Iterator[tuple[str, str]]:
    if not files.projects.is_dir():
        return
    for folder in sorted(files.projects.iterdir()):
        project = parse_project_folder(folder.name)
        blocks = ProjectFiles(folder).blocks
        if project is not None and blocks.is_dir():
            yield from ((project, path.name) for path in sorted(blocks.iterdir()) if is_block_id(path.name))


def _size(files: ProjectFiles, block_id: str) -> int:
    """Bytes of a block's files; 0 when compaction has taken it away meanwhile."""
    try:
        return sum(path.stat().st_size for path in files.block(block_id).iterdir())
    except FileNotFoundError:
        return 0


def _verify_block(
    files: ProjectFiles, project: str, block_id: str, key: bytes | None, report: Report
) -> Finding | None:
    folder = files.block(block_id)
    try:
        block = Block.open(folder)
    except Corruption as error:
        if not folder.exists():
            return None  # compaction took it away meanwhile
        meta = _meta_if_any(files, block_id)
        lost = None if meta is None else meta.time_range
        return Finding(project, block_id, [str(error)], False, lost, 0 if meta is None else meta.series)
    problems = _order_problems(block, key)
    if problems:
        return Finding(project, block_id, problems, False, block.meta.time_range, block.meta.series)
    report.samples += block.meta.samples
    problems, rows = _damaged_rows(block)
    if not problems:
        return None
    return Finding(project, block_id, problems, True, block.meta.time_range, len(rows))


def _meta_if_any(files: ProjectFiles, block_id: str) -> BlockMeta | None:
    try:
        return read_meta(files.block(block_id))
    except Corruption:
        return None


def _order_problems(block: Block, key: bytes | None) -> list[str]:
    """Whether rows ascend and ids are distinct and of this store, which searching and merging rely on."""
    name = f"block {block.meta.block_id}"
    last = None
    for rows in _row_batches(block):
        found = block.decode_labels(rows)
        for labels in found:
            order = row_order(labels)
            if last is not None and order <= last:
                return [f"{name}: rows are out of order at {labels}"]
            last = order
        if key is not None and block.ids[rows].tolist() != [series_id(key, labels) for labels in found]:
            return [f"{name}: series ids were not made with this store's key"]
    if len(np.unique(block.ids)) != block.meta.series:
        return [f"{name}: series ids are not distinct"]
    return []


def _damaged_rows(block: Block) -> tuple[list[str], IntArray]:
    """Decode everything; the problems and the rows that are lost."""
    problems: list[str] = []
    lost: list[IntArray] = [np.empty(0, dtype=np.int64)]
    for rows in _row_batches(block):
        laid_out = block.lay_out_whole(rows)
        ends = np.cumsum(laid_out.lengths)
        values = np.empty(int(laid_out.lengths.sum()))
        damaged = laid_out.into(values, ends - laid_out.lengths, warnings=problems)
        lost.append(rows[damaged])
        sound = laid_out.lengths > 0
        sound[damaged] = False
        wrong = values.view(np.uint64)[ends[sound] - 1] != block.newest_bits(rows[sound])
        if wrong.any():
            problems.append(f"block {block.meta.block_id}: the index has other newest values than the pages")
        if laid_out.problems:
            lost.append(rows[laid_out.lengths == 0])
    return list(dict.fromkeys(problems)), np.unique(np.concatenate(lost))


def _row_batches(block: Block) -> Iterator[IntArray]:
    rows = block.find(())
    for begin in range(0, len(rows), _BATCH_ROWS):
        yield rows[begin : begin + _BATCH_ROWS]
