"""How far a load has come, in a file, so that an interrupted one goes on where its last durable block ended."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from vedette.errors import BadData


class InputState(msgspec.Struct):
    """One input: what it looked like, and the position up to which its samples are durable."""

    size: int
    mtime_ns: int
    position: int = 0
    done: bool = False


class LoadState(msgspec.Struct):
    """All inputs of a load by path, and where they go."""

    target: str
    inputs: dict[str, InputState] = {}


class StateFile:
    """The state on disk; written durably after each flush, removed when everything is loaded."""

    def __init__(self, path: Path, target: str) -> None:
        """Raises BadData when the file is of another load or cannot be read."""
        self._path = path
        self.state = LoadState(target)
        if not path.exists():
            return
        try:
            self.state = msgspec.json.decode(path.read_bytes(), type=LoadState)
        except (OSError, msgspec.DecodeError) as error:
            raise BadData(f"{path} cannot be read as the state of a load: {error}") from None
        if self.state.target != target:
            raise BadData(f"{path} is of a load into {self.state.target}; remove it or give another --state")

    def begin(self, path: Path) -> InputState:
        """The state of an input; one that changed since is loaded from its start."""
        stat = path.stat()
        known = self.state.inputs.get(str(path))
        if known is None or (known.size, known.mtime_ns) != (stat.st_size, stat.st_mtime_ns):
            known = self.state.inputs[str(path)] = InputState(stat.st_size, stat.st_mtime_ns)
        return known

    def save(self) -> None:
        """Write durably: first beside, then over the former one."""
        beside = self._path.with_name(self._path.name + ".new")
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(self.state))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def remove(self) -> None:
        """Everything is loaded."""
        self._path.unlink(missing_ok=True)
