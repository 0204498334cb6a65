"""`vedette rules import` against a server that listens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
from click.testing import CliRunner, Result
from tests.alerting.listening import vedette

from vedette.cli.rules import rules

GOOD = "groups: [{name: g, rules: [{alert: A, expr: m}, {record: r, expr: m}]}]"


async def test_files_are_taken_over_and_wrong_ones_are_told(tmp_path: Path) -> None:
    """Each file by itself: what becomes of its groups, or its errors with their lines and exit code 3."""
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text(GOOD)
    bad.write_text("groups: [{name: g}]\nmore: 1\n")
    async with vedette(tmp_path) as url, httpx.AsyncClient(base_url=url) as client:

        async def run(*arguments: str) -> Result:
            return await asyncio.to_thread(CliRunner().invoke, rules, ["import", "--url", url, *arguments])

        tried = await run("--dry-run", str(good))
        assert (tried.exit_code, "g: 2 rules, would be created" in tried.output) == (0, True), tried.output
        done = await run(str(bad), str(good), str(tmp_path / "none.yml"))
        assert done.exit_code == 3
        assert "line 2" in done.output
        assert "g: 2 rules, created" in done.output
        assert "cannot be read" in done.output
        assert "would be updated" in (await run("--dry-run", str(good))).output
        assert "g: 2 rules, unchanged" in (await run(str(good), "--project", "default")).output
        (document,) = (await client.get("/api/v1/documents/rule_group")).json()["data"]
        assert document["name"] == "g"
