"""Access to /proc and /sys below a root that tests may replace."""

from __future__ import annotations

from pathlib import Path


class ProcFs:
    """Reads kernel files; what is not there or not readable is empty, since kernels differ in what they offer."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    def text(self, path: str) -> str:
        """The file's text, or an empty string."""
        try:
            return (self.root / path).read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            return ""

    def number(self, path: str) -> float | None:
        """The file's only number, or None."""
        try:
            return float(self.text(path))
        except ValueError:
            return None

    def names(self, path: str) -> list[str]:
        """Sorted names in a folder, or an empty list."""
        try:
            return sorted(entry.name for entry in (self.root / path).iterdir())
        except OSError:
            return []
