"""The `vedette` command: finds the verb, imports only its file and turns errors into exit codes."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import typer

from vedette.cli.errors import INTERRUPTED, exit_code_of, text_of
from vedette.errors import VedetteError

VERBS: Final = ("serve", "query", "load", "export", "verify", "bench", "check", "version")
_HELP = "Vedette: real-time metrics in one process - collect, store, ask, watch."


def application(verbs: tuple[str, ...] = VERBS) -> typer.Typer:
    """The command with these verbs; importing few of them starts faster."""
    app = typer.Typer(name="vedette", help=_HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    app.callback()(lambda: None)
    for verb in verbs:
        importlib.import_module(f"vedette.cli.{verb}").add_to(app)
    return app


def main() -> None:
    """Entry point."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    app = application((wanted,) if wanted in VERBS else VERBS)
    try:
        app()
    except VedetteError as error:
        sys.stderr.write(text_of(error) + "\n")
        sys.exit(exit_code_of(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
