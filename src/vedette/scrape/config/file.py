"""A whole configuration file: which sections are used, which are not and why."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from vedette.config.yaml_section import Finding, Findings, Section, compose
from vedette.errors import BadData
from vedette.scrape.config.job import JobConfig, JobDefaults, parse_defaults, parse_job
from vedette.scrape.discovery.kind import DiscoveryKind, DiscoveryOptions, ParseContext

MAX_FILE_BYTES: Final = 64 * 2**20
_OTHER_SECTIONS: Final = {
    "alerting": "alerts are not sent here yet",
    "remote_write": "samples are not sent on",
    "remote_read": "samples are not read from elsewhere",
    "storage": "storage is set in our own settings",
    "tracing": "there is no tracing",
    "otlp": "OTLP is set in our own settings",
    "runtime": "it concerns another program's runtime",
}


@dataclass(frozen=True, slots=True)
class ScrapeConfig:
    """What a file says about scraping."""

    jobs: tuple[JobConfig, ...]
    warnings: tuple[str, ...] = ()
    """What has no effect, each as `file: line N: reason`."""
    files: tuple[Path, ...] = ()
    """All files that were read; a change of any means reading anew."""
    patterns: tuple[str, ...] = ()
    """Where further files may appear, as absolute paths with wildcards."""


def load_config(path: Path, kinds: tuple[DiscoveryKind, ...]) -> ScrapeConfig:
    """Read a file and those it names. Raises BadData with every error, one a line, each with its file and line."""
    reader = _Reader(kinds)
    node = reader.compose(path)
    if node is None:
        reader.raise_errors()
        return ScrapeConfig((), (), (path,))
    findings = Findings()
    root = Section(node, "file", findings)
    root.ignore(_OTHER_SECTIONS)
    # The room of rules reads them.
    root.texts("rule_files")
    defaults = parse_defaults(root.section("global"))
    reader.jobs(root, "scrape_configs", defaults, path.parent)
    patterns = tuple(str(path.parent / pattern) for pattern in root.texts("scrape_config_files"))
    root.finish()
    reader.note(path, findings)
    for pattern in patterns:
        for name in sorted(glob.glob(pattern)):  # noqa: PTH207 - patterns are text
            reader.include(Path(name), defaults)
    reader.raise_errors()
    return ScrapeConfig(tuple(reader.found), tuple(reader.warnings), tuple(reader.files), patterns)


class _Reader:
    """Collects jobs and complaints over several files."""

    def __init__(self, kinds: tuple[DiscoveryKind, ...]) -> None:
        self._kinds = kinds
        self.found: list[JobConfig] = []
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.files: list[Path] = []

    def compose(self, path: Path) -> yaml.Node | None:
        """The tree of a file; None when it is empty or not YAML, which is noted."""
        self.files.append(path)
        try:
            _check_size(path)
            return compose(path.read_text(encoding="utf-8"))
        except BadData as error:
            self.errors.append(f"{path}: {error.message}")
        except UnicodeDecodeError as error:
            self.errors.append(f"{path}: not UTF-8 at byte {error.start}")
        except OSError as error:
            self.errors.append(f"{path}: {error.strerror or error}")
        return None

    def include(self, path: Path, defaults: JobDefaults) -> None:
        """A file of scrape_config_files: nothing but scrape_configs."""
        node = self.compose(path)
        if node is None:
            return
        findings = Findings()
        root = Section(node, "file", findings)
        self.jobs(root, "scrape_configs", defaults, path.parent)
        root.finish()
        self.note(path, findings)

    def jobs(self, root: Section, key: str, defaults: JobDefaults, folder: Path) -> None:
        """All jobs below a key."""
        for section in root.sections(key, "scrape_config"):
            context = ParseContext(folder, section.has("relabel_configs"))
            discovery = tuple(
                DiscoveryOptions(kind, kind.parse(entry, context))
                for kind in self._kinds
                for entry in section.sections(kind.key, kind.key.removesuffix("s"))
            )
            job = parse_job(section, defaults, folder, discovery)
            twin = next((other for other in self.found if other.name == job.name), None)
            if twin is not None and job.name:
                section.error("job_name", f"another scrape_config has the job name {job.name!r}")
            self.found.append(job)

    def note(self, path: Path, findings: Findings) -> None:
        """Take over the complaints about one file, in the order of its lines."""
        by_line = sorted(findings.errors, key=_line)
        self.errors += [f"{path}: {finding}" for finding in dict.fromkeys(by_line)]
        self.warnings += [f"{path}: {finding}" for finding in dict.fromkeys(sorted(findings.warnings, key=_line))]

    def raise_errors(self) -> None:
        if self.errors:
            raise BadData("\n".join(self.errors))


def _check_size(path: Path) -> None:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadData(f"larger than {MAX_FILE_BYTES} bytes")


def _line(finding: Finding) -> int:
    return finding.line
