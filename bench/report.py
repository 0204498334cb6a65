"""Figures of a run: printed as a table, kept as JSON."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figure:
    """One line: what was measured, each system's value, and what Vedette is to reach (`<=`, `>=`, or a text)."""

    what: str
    unit: str
    values: dict[str, float | None]
    reach: str = ""
    met: bool | None = None


@dataclass
class Report:
    """Collects figures."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        what: str,
        unit: str,
        values: dict[str, float | None],
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Take a figure and print it at once."""
        own = values.get("vedette")
        reach, met = "", None
        if at_most is not None:
            reach, met = f"<= {at_most:.4g}", own is not None and own <= at_most
        elif at_least is not None:
            reach, met = f">= {at_least:.4g}", own is not None and own >= at_least
        figure = Figure(what, unit, values, reach, met)
        self.figures.append(figure)
        print(self._line(figure), flush=True)

    @staticmethod
    def _line(figure: Figure) -> str:
        cells = "  ".join(f"{name} {'-' if v is None else f'{v:.4g}'}" for name, v in figure.values.items())
        verdict = {None: "", True: f"   reached ({figure.reach})", False: f"   NOT REACHED ({figure.reach})"}[
            figure.met
        ]
        return f"{figure.what:<58} {figure.unit:<12} {cells}{verdict}"

    def save(self) -> Path:
        """Write bench/results/<time>.json."""
        folder = Path("bench/results")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / time.strftime("%Y%m%d-%H%M%S.json")
        path.write_text(json.dumps([figure.__dict__ for figure in self.figures], indent=1))
        return path
