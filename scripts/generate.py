"""Writes what is generated: reference pages and the OpenAPI document. With --check, names what differs instead."""

from __future__ import annotations

import sys
from pathlib import Path

from vedette.cli.reference import cli_page
from vedette.config.reference import settings_page
from vedette.http.routes.openapi import document_bytes
from vedette.promql.functions.reference import functions_page
from vedette.server.reference import metrics_page
from vedette.server.settings import Settings

ROOT = Path(__file__).parents[1]


def generated() -> dict[Path, str]:
    """Content of each generated file."""
    return {
        ROOT / "docs/reference/settings.md": settings_page(Settings),
        ROOT / "docs/reference/cli.md": cli_page(),
        ROOT / "docs/reference/metrics.md": metrics_page(),
        ROOT / "docs/reference/promql-functions.md": functions_page(),
        ROOT / "tests/golden/openapi.json": document_bytes().decode(),
    }


def main() -> int:
    """Write, or check with --check; the exit code is 1 when something differs."""
    stale = [path for path, text in generated().items() if not path.is_file() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not up to date: run make gen\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(generated()[path])
        sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
