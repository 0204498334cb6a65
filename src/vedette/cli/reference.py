"""The reference page of the command line, written from the verbs themselves."""

from __future__ import annotations

import inspect
import re
from typing import cast

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

import vedette.cli.errors
from vedette.cli.main import VERBS, application

_HEADER = """# Command line

`vedette VERB --help` shows the same as this page.
"""


def cli_page() -> str:
    """Markdown of all verbs."""
    lines = [_HEADER]
    for name in VERBS:
        commands = getattr(typer.main.get_command(application((name,))), "commands", {})
        lines += _describe(commands[name], f"vedette {name}")
    codes = inspect.cleandoc(vedette.cli.errors.__doc__ or "").partition("\n\n")[2]
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in re.findall(r"(\d+) ([^,.]+)", codes.replace("\n", " "))]
    return "\n".join(lines) + "\n"


def _describe(command: TyperCommand | TyperGroup, title: str) -> list[str]:
    if isinstance(command, TyperGroup):
        lines: list[str] = []
        for name, inner in command.commands.items():
            lines += _describe(cast("TyperCommand", inner), f"{title} {name}")
        return lines
    arguments = [item for item in command.params if isinstance(item, TyperArgument)]
    options = [item for item in command.params if isinstance(item, TyperOption) and item.name != "help"]
    usage = [title, *(["[OPTIONS]"] if options else []), *(_metavar(item) for item in arguments)]
    lines = [f"## {title}", "", inspect.cleandoc(command.help or ""), "", "```", " ".join(usage), "```", ""]
    if arguments or options:
        lines += ["| | |", "|---|---|"]
        lines += [f"| `{_metavar(item)}` | {getattr(item, 'help', None) or ''} |" for item in arguments]
        lines += [f"| `{_option(item)}` | {_meaning(item)} |" for item in options]
        lines.append("")
    return lines


def _metavar(argument: TyperArgument) -> str:
    return argument.metavar or (argument.name or "").upper()


def _option(option: TyperOption) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or 'VALUE'}"


def _meaning(option: TyperOption) -> str:
    default = option.default
    shown = default is not None and default != () and not option.is_flag and not callable(default)
    return (option.help or "").replace("|", "\\|") + (f" Default: `{default}`." if shown else "")
