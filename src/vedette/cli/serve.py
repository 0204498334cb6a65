"""`vedette serve`: collect, store, answer and show."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.options import Config, Set, load_settings


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    app.command("serve")(serve)


def serve(
    data: Annotated[Path | None, typer.Option(help="Folder of everything that is kept.", metavar="DIR")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", metavar="ADDRESS")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.", metavar="PORT")] = None,
    config: Config = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Serve everybody who can reach the port, also beyond this machine.")
    ] = False,
    assignments: Set = None,
) -> None:
    """Start the server: collect, store, answer and show until stopped by Ctrl+C or SIGTERM."""
    flags = {
        "server.data": str(data) if data else None,
        "http.host": host,
        "http.port": port,
        "http.no_auth": no_auth or None,
    }
    # Imports and the first load make objects that stay: looking for garbage among them is a tenth of the start. The
    # server switches collection on again when it is ready.
    gc.disable()
    _import_log_alone()
    loaded = load_settings(config, assignments, flags)
    settings = loaded.require()
    # Only here: other verbs do without the web server.
    from vedette.clock import SystemClock
    from vedette.server.lifecycle import serve as run
    from vedette.telemetry.log import configure_log

    configure_log(settings.telemetry)
    run(loaded, SystemClock(), lambda url: typer.echo(f"Vedette is ready: {url}"))


def _import_log_alone() -> None:
    """Import structlog without rich, which it would only use to colour stack traces: a twentieth of the start."""
    if "structlog" not in sys.modules and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # Python's own notation for "not to be imported"
        import structlog  # noqa: F401 - for its effect on sys.modules

        del sys.modules["rich"]
