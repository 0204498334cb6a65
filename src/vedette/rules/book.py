"""Which rule groups there are: those of documents, of files, and those that come with the server."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from msgspec import Struct

from vedette.errors import BadData, VedetteError
from vedette.rules.check import compile_document
from vedette.rules.compiled import CompiledGroup, Defaults
from vedette.rules.settings import RulesSettings

if TYPE_CHECKING:
    from vedette.catalog.database import Catalog
    from vedette.catalog.documents import Documents

_log = structlog.get_logger(__name__)
KIND: Final = "rule_group"
PACKS: Final = Path(__file__).parents[1] / "packs"
SYSTEM: Final = "system"
_MAX_FILES: Final = 1_000


class _File(Struct, frozen=True):
    """A file as it was read; `stamp` tells whether it has changed since."""

    stamp: tuple[int, int]
    groups: tuple[CompiledGroup, ...]
    error: str = ""


class RuleBook:
    """Reads what has changed. Not thread-safe: one thread looks."""

    def __init__(
        self,
        settings: RulesSettings,
        documents: Callable[[], Documents],
        catalog: Catalog,
        config_file: Path | None = None,
        packs: Path = PACKS,
    ) -> None:
        """`documents` opens the catalog, which is not done while it does not exist.

        `config_file` is a Prometheus configuration, whose `rule_files` are in force, too.
        """
        self._settings = settings
        self._documents = documents
        self._catalog = catalog
        self._packs = packs
        self._config_file = config_file
        self._config: tuple[tuple[int, int] | None, tuple[str, ...], Defaults] | None = None
        self._defaults = Defaults(settings.interval_ms, settings.query_offset_ms)
        self._files: dict[str, _File] = {}
        self._epoch: tuple[int, int] = (-1, -1)
        self._of_documents: tuple[CompiledGroup, ...] = ()
        self._changed = True
        self.problems: dict[str, str] = {}
        """What cannot be used and why, by file or id of the document."""

    @property
    def file_problems(self) -> list[str]:
        """What is wrong with files, the rules' and that which names them, each with the file."""
        files = {*self._files, str(self._config_file)}
        return [text for name, text in self.problems.items() if name in files]

    def look(self) -> tuple[CompiledGroup, ...] | None:
        """All groups where something has changed since the last look; None where nothing has."""
        self._changed |= self._look_at_files()
        self._changed |= self._look_at_documents()
        if not self._changed:
            return None
        self._changed = False
        return (*(group for file in self._files.values() for group in file.groups), *self._of_documents)

    def _look_at_files(self) -> bool:
        changed = False
        seen: dict[str, _File] = {}
        configured, defaults, is_new = self._configured()
        names = dict.fromkeys(self._names(), self._defaults) | dict.fromkeys(configured, defaults)
        for name in list(names)[:_MAX_FILES]:
            before = self._files.get(name)
            stamp = _stamp(name)
            if before is not None and stamp == before.stamp and not (is_new and name in configured):
                seen[name] = before
            elif stamp is not None:
                seen[name] = self._read(name, stamp, before, names[name])
                changed = True
        for name in self._files.keys() - seen.keys():
            changed = True
            self.problems.pop(name, None)
        self._files = seen
        return changed

    def _configured(self) -> tuple[list[str], Defaults, bool]:
        """Files that the Prometheus configuration names, what holds for them, and whether it has changed."""
        path = self._config_file
        if path is None:
            return [], self._defaults, False
        stamp = _stamp(str(path))
        is_new = self._config is None or self._config[0] != stamp
        if self._config is None or is_new:
            from vedette.rules.file import read_config_rules  # noqa: PLC0415 - YAML is for those who have files

            _, patterns, defaults = self._config or (None, (), self._defaults)
            try:
                read = read_config_rules(path, self._defaults)
                patterns, defaults = read.patterns, read.defaults
                self.problems.pop(str(path), None)
            except BadData as error:
                self.problems[str(path)] = error.message
            self._config = stamp, patterns, defaults
        _, patterns, defaults = self._config
        found = [name for pattern in patterns for name in sorted(glob.glob(pattern))]  # noqa: PTH207 - patterns are text
        return found, defaults, is_new

    def _names(self) -> Iterable[str]:
        names: list[str] = []
        for pack in (*([SYSTEM] if self._settings.system else []), *self._settings.packs):
            names += sorted(map(str, self._packs.glob(f"{pack}/rules/*.yml")))
        for pattern in self._settings.files:
            names += sorted(glob.glob(pattern))  # noqa: PTH207 - patterns are text
        return names

    def _read(self, name: str, stamp: tuple[int, int], before: _File | None, defaults: Defaults) -> _File:
        from vedette.rules.file import read_rule_file  # noqa: PLC0415 - YAML is for those who have files

        try:
            read = read_rule_file(Path(name), defaults, self._settings.project)
            if read.findings:
                raise BadData("; ".join(f"{name}: {finding}" for finding in read.findings))
        except VedetteError as error:
            _log.warning("rule_file_not_used", file=name, error=error.message)
            self.problems[name] = error.message
            # What was in force stays so until the file is right again.
            return _File(stamp, before.groups if before is not None else (), error.message)
        self.problems.pop(name, None)
        return _File(stamp, read.groups)

    def _look_at_documents(self) -> bool:
        if not self._catalog.exists:
            return False
        documents = self._documents()
        epoch = documents.epoch(KIND), self._catalog.epoch()
        if epoch == self._epoch:
            return False
        found: list[CompiledGroup] = []
        for name in self.problems.keys() - self._files.keys() - {str(self._config_file)}:
            # Of documents that may be gone.
            del self.problems[name]
        for document in documents.every(KIND):
            try:
                group = compile_document(document.id, document.name, document.spec, self._defaults, document.project)
            except BadData as error:
                _log.warning("rule_group_not_used", document=document.id, error=error.message)
                self.problems[document.id] = error.message
                continue
            found.append(group)
        self._epoch, self._of_documents = epoch, tuple(found)
        return True


def _stamp(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)  # noqa: PTH116 - names are text
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
