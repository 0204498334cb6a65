"""The targets of one job: from what discoveries tell to running loops, with as little disturbance as possible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from vedette.errors import BadData
from vedette.ingest.source import Source
from vedette.scrape.config.job import JobConfig
from vedette.scrape.discovery.kind import Discovery, DiscoveryContext, DiscoveryOptions, TargetGroup
from vedette.scrape.loop import LoopRooms, ScrapeLoop
from vedette.scrape.target import DroppedTarget, Target, discovered_labels, make_target

_log = structlog.get_logger(__name__)
_GATHER_S: Final = 0.02
SourceOf = Callable[[JobConfig, Target], Source]


@dataclass(slots=True)
class _Made:
    """What groups come to after relabelling."""

    targets: dict[Target, None] = field(default_factory=dict)
    dropped: list[DroppedTarget] = field(default_factory=list)
    dropped_count: int = 0
    problems: list[str] = field(default_factory=list)


class JobTargets:
    """Keeps one loop for each distinct target of a job."""

    def __init__(self, job: JobConfig, rooms: LoopRooms, source_of: SourceOf, seed: str) -> None:
        self.job = job
        self.dropped: list[DroppedTarget] = []
        self.dropped_count = 0
        self.loops: dict[Target, ScrapeLoop] = {}
        self._rooms = rooms
        self._source_of = source_of
        self._seed = seed
        self._tasks: dict[Target, asyncio.Task[None]] = {}
        self._discoveries: dict[DiscoveryOptions, asyncio.Task[None]] = {}
        self._groups: dict[DiscoveryOptions, Sequence[TargetGroup]] = {}
        # Of discoveries whose options changed: valid until their successors have told of something.
        self._leaving: dict[DiscoveryOptions, Sequence[TargetGroup]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._syncing: asyncio.Task[None] | None = None
        self._is_dirty = False
        self._replaces_all = False

    def start(self, context: DiscoveryContext) -> None:
        """Run the job's discoveries; those that were running with the same options go on."""
        wanted = dict.fromkeys(self.job.discovery)
        for options in [options for options in self._discoveries if options not in wanted]:
            self._discoveries.pop(options).cancel()
            self._leaving[options] = self._groups.pop(options, ())
        for options in wanted:
            if options not in self._discoveries:
                task = asyncio.create_task(self._discover(options, context), name=f"discovery {self.job.name}")
                self._discoveries[options] = task
        self._change()

    def reconfigure(self, job: JobConfig, context: DiscoveryContext) -> None:
        """Take a changed configuration. A target that stays goes on with its series, asked as the new one says."""
        self._replaces_all = self._replaces_all or job != self.job
        self.job = job
        self.start(context)

    def _change(self) -> None:
        """Bring loops in line with the groups, soon: many discoveries may have news at the same time."""
        self._is_dirty = True
        if self._syncing is None:
            self._syncing = asyncio.create_task(self._sync(), name=f"targets of {self.job.name}")

    async def _sync(self) -> None:
        try:
            while self._is_dirty:
                await asyncio.sleep(_GATHER_S)
                self._is_dirty = False
                job, groups = self.job, self._current_groups()
                # In a thread: relabelling tens of thousands of targets takes seconds.
                made = await asyncio.to_thread(_make, job, groups)
                if job is self.job:
                    self._take(made)
        except Exception:  # noqa: BLE001 - the targets that run go on, and the next news is tried again
            _log.exception("targets_broke", job=self.job.name)
        finally:
            self._syncing = None

    def _current_groups(self) -> list[TargetGroup]:
        silent = {options.kind.name for options in self._discoveries if options not in self._groups}
        self._leaving = {options: groups for options, groups in self._leaving.items() if options.kind.name in silent}
        found = [group for known in (self._groups, self._leaving) for groups in known.values() for group in groups]
        # The first of equal targets is kept: what the operator wrote is asked as such, whoever else tells of it.
        return sorted(found, key=lambda group: not group.is_trusted)

    def _take(self, made: _Made) -> None:
        for message in made.problems:
            self._tell(message)
        self.dropped, self.dropped_count = made.dropped, made.dropped_count
        for target in [target for target in self.loops if target not in made.targets]:
            self._remove(target)
        for target in made.targets:
            before = self.loops.get(target)
            if before is None or self._replaces_all:
                self._begin(target, before)
        self._replaces_all = False
        self._force_errors()
        self._rooms.counters.targets.labels(self.job.name).set(len(self.loops))

    async def stop(self, *, gone: bool) -> None:
        """Stop everything; `gone`: the job was removed from the configuration, so its series end."""
        for task in self._discoveries.values():
            task.cancel()
        if self._syncing is not None:
            self._syncing.cancel()
            await asyncio.wait([self._syncing])
        loops = list(self.loops.values())
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._discoveries.values(), *self._ending, return_exceptions=True)
        await asyncio.gather(*(loop.settle() for loop in loops))
        if gone:
            await asyncio.gather(*(loop.end() for loop in loops))
        self.loops.clear()
        self._tasks.clear()
        self._discoveries.clear()
        if gone:
            self._rooms.counters.targets.remove(self.job.name)

    async def _discover(self, options: DiscoveryOptions, context: DiscoveryContext) -> None:
        discovery: Discovery = options.kind.open(options.options, context)

        def update(groups: Sequence[TargetGroup]) -> None:
            self._groups[options] = groups
            self._change()

        while True:
            try:
                await discovery.run(update)
            except Exception:  # noqa: BLE001 - a broken discovery must not take the job's other targets with it
                _log.exception("discovery_broke", job=self.job.name, kind=options.kind.name)
                await asyncio.sleep(30)
            else:
                return

    def _tell(self, message: str) -> None:
        """Say once what is wrong with a target that cannot be made."""
        if message not in self._told:
            if len(self._told) > 1000:
                self._told.clear()
            self._told.add(message)
            _log.warning("target_not_usable", job=self.job.name, error=message)

    def _begin(self, target: Target, before: ScrapeLoop | None) -> None:
        loop = ScrapeLoop(self.job, target, self._source_of(self.job, target), self._rooms, self._seed)
        if before is not None:
            self._tasks[target].cancel()
            loop.follow(before)
        self.loops[target] = loop
        self._tasks[target] = asyncio.create_task(loop.run(), name=f"scrape {target.url}")

    def _remove(self, target: Target) -> None:
        loop, task = self.loops.pop(target), self._tasks.pop(target)
        task.cancel()
        ending = asyncio.create_task(_end(loop, task))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _force_errors(self) -> None:
        limit = self.job.target_limit
        error = ""
        if limit and len(self.loops) > limit:
            error = f"target_limit exceeded (number of targets: {len(self.loops)}, limit: {limit})"
        for loop in self.loops.values():
            loop.forced_error = error


async def _end(loop: ScrapeLoop, task: asyncio.Task[None]) -> None:
    await asyncio.gather(task, return_exceptions=True)
    await loop.settle()
    await loop.end()


def _make(job: JobConfig, groups: Sequence[TargetGroup]) -> _Made:
    """Targets of all groups, each once."""
    made = _Made()
    for group in groups:
        for labels in group.targets:
            discovered = discovered_labels(job, labels, group.labels)
            try:
                target = make_target(job, discovered, group.is_trusted)
            except BadData as error:
                made.problems.append(f"{discovered.get('__address__')}: {error.message}")
                continue
            if target is not None:
                made.targets[target] = None
                continue
            made.dropped_count += 1
            if not job.keep_dropped_targets or len(made.dropped) < job.keep_dropped_targets:
                made.dropped.append(DroppedTarget(job.name, discovered))
    return made
