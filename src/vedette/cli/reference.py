"""The reference page of the command line, written from the verbs themselves."""

from __future__ import annotations

import inspect
import re

import click

import vedette.cli.errors
from vedette.cli.main import VERBS, verb

_HEADER = """# Command line

`vedette VERB --help` shows the same as this page.
"""


def cli_page() -> str:
    """Markdown of all verbs."""
    lines = [_HEADER]
    for name in VERBS:
        lines += _describe(verb(name), f"vedette {name}")
    codes = inspect.cleandoc(vedette.cli.errors.__doc__ or "").partition("\n\n")[2]
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in re.findall(r"(\d+) ([^,.]+)", codes.replace("\n", " "))]
    return "\n".join(lines) + "\n"


def _describe(command: click.Command, title: str) -> list[str]:
    if isinstance(command, click.Group):
        lines: list[str] = []
        for name, inner in command.commands.items():
            lines += _describe(inner, f"{title} {name}")
        return lines
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option)]
    usage = [title, *(["[OPTIONS]"] if options else []), *(_metavar(item) for item in arguments)]
    lines = [f"## {title}", "", inspect.cleandoc(command.help or ""), "", "```", " ".join(usage), "```", ""]
    if arguments or options:
        lines += ["| | |", "|---|---|"]
        lines += [f"| `{_metavar(item)}` | {item.help or ''} |" for item in arguments]
        lines += [f"| `{_option(item)}` | {_meaning(item)} |" for item in options]
        lines.append("")
    return lines


def _metavar(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return name if argument.required else f"[{name}]"


def _option(option: click.Option) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or 'VALUE'}"


def _meaning(option: click.Option) -> str:
    default = f" Default: `{option.default}`." if option.show_default else ""
    return (option.help or "").replace("|", "\\|") + default
