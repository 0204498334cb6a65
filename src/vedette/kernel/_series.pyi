from typing import Any

def decode(
    packed: Any, key: bytes, shared: dict[tuple[str, str], tuple[str, str]], /
) -> tuple[bytearray, list[tuple[tuple[str, str], ...]], bytearray] | None: ...
