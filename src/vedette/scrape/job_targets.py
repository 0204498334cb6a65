"""The targets of one job: from what discoveries tell to running loops, with as little disturbance as possible."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from vedette.errors import BadData
from vedette.ingest.source import Source
from vedette.model.labels import Labels
from vedette.scrape.config.job import JobConfig
from vedette.scrape.discovery.kind import Discovery, DiscoveryContext, DiscoveryOptions, TargetGroup
from vedette.scrape.loop import LoopRooms, ScrapeLoop
from vedette.scrape.target import DroppedTarget, Target, discovered_labels, make_target

_log = structlog.get_logger(__name__)
SourceOf = Callable[[JobConfig, Target], Source]


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
        self._ending: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()

    def start(self, context: DiscoveryContext, *, replace: bool = False) -> None:
        """Run the job's discoveries; those that were running with the same options go on."""
        wanted = dict.fromkeys(self.job.discovery)
        for options in [options for options in self._discoveries if options not in wanted]:
            self._discoveries.pop(options).cancel()
            self._groups.pop(options, None)
        for options in wanted:
            if options not in self._discoveries:
                task = asyncio.create_task(self._discover(options, context), name=f"discovery {self.job.name}")
                self._discoveries[options] = task
        self.sync(replace=replace)

    def reconfigure(self, job: JobConfig, context: DiscoveryContext) -> None:
        """Take a changed configuration. A target that stays goes on with its series, asked as the new one says."""
        changed = job != self.job
        self.job = job
        self.start(context, replace=changed)

    def sync(self, *, replace: bool = False) -> None:
        """Bring loops in line with the groups known now; `replace` those of targets that stay, too."""
        wanted: dict[Target, None] = {}
        self.dropped, self.dropped_count = [], 0
        for groups in self._groups.values():
            for group in groups:
                for labels in group.targets:
                    self._add(wanted, discovered_labels(self.job, labels, group.labels))
        for target in [target for target in self.loops if target not in wanted]:
            self._remove(target)
        for target in wanted:
            before = self.loops.get(target)
            if before is None or replace:
                self._begin(target, before)
        self._force_errors()
        self._rooms.counters.targets.labels(self.job.name).set(len(self.loops))

    async def stop(self, *, gone: bool) -> None:
        """Stop everything; `gone`: the job was removed from the configuration, so its series end."""
        for task in self._discoveries.values():
            task.cancel()
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
            self.sync()

        while True:
            try:
                await discovery.run(update)
            except Exception:  # noqa: BLE001 - a broken discovery must not take the job's other targets with it
                _log.exception("discovery_broke", job=self.job.name, kind=options.kind.name)
                await asyncio.sleep(30)
            else:
                return

    def _add(self, wanted: dict[Target, None], discovered: Labels) -> None:
        try:
            target = make_target(self.job, discovered)
        except BadData as error:
            self._tell(f"{discovered.get('__address__')}: {error.message}")
            return
        if target is not None:
            wanted[target] = None
            return
        self.dropped_count += 1
        if not self.job.keep_dropped_targets or len(self.dropped) < self.job.keep_dropped_targets:
            self.dropped.append(DroppedTarget(self.job.name, discovered))

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
