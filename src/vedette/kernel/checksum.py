"""CRC-32C in hardware: the function of the package crc32c."""

from __future__ import annotations

from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any, Protocol


class Crc32c(Protocol):
    """`crc32c(data)`; `crc32c(more, before)` goes on where an earlier call ended."""

    def __call__(self, data: Any, value: int = 0, /) -> int: ...


def _load() -> Crc32c:
    """The compiled function alone: the front of the package imports a command line and the metadata of all packages,
    which is a thirtieth of a start.
    """
    package = PathFinder.find_spec("crc32c")
    if package is not None and package.submodule_search_locations:
        spec = PathFinder.find_spec("crc32c._crc32c", package.submodule_search_locations)
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            function: Crc32c = module.crc32c
            return function
    from crc32c import crc32c  # noqa: PLC0415 - only where the package is built otherwise

    return crc32c


crc32c = _load()
