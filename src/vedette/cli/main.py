"""The `vedette` command: finds the verb, imports only its file and turns errors into exit codes."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from vedette.cli.errors import INTERRUPTED, exit_code_of, text_of
from vedette.errors import VedetteError

_DAILY: Final = ("serve", "query", "load", "export", "verify", "dashboard", "plugin")
VERBS: Final = (*_DAILY, "rules", "user", "key", "audit", "bench", "check", "test", "version")
_HELP = "Vedette: real-time metrics in one process - collect, store, ask, watch."


def verb(name: str) -> click.Command:
    """One verb's command, which its file defines under the same name."""
    command: click.Command = getattr(importlib.import_module(f"vedette.cli.{name}"), name)
    return command


class Verbs(click.Group):
    """The command with all verbs; only the file of the verb that is asked for is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        return verb(cmd_name) if cmd_name in VERBS else None


vedette = Verbs(name="vedette", help=_HELP)


def main() -> None:
    """Entry point."""
    try:
        # Not `vedette()`: Click would turn an interrupt and a closed pipe into exit codes of its own.
        with vedette.make_context("vedette", sys.argv[1:]) as context:
            vedette.invoke(context)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except VedetteError as error:
        sys.stderr.write(text_of(error) + "\n")
        sys.exit(exit_code_of(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
