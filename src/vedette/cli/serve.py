"""`vedette serve`: collect, store, answer and show."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from vedette.cli.options import A_PATH, config_option, load_settings, set_option


@click.command()
@click.option("--data", type=A_PATH, metavar="DIR", help="Folder of everything that is kept.")
@click.option("--host", metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=int, metavar="PORT", help="Port to listen on; 0 takes a free one.")
@config_option
@click.option(
    "--no-auth", is_flag=True, help="Let everybody in who reaches the port; only on this machine's own loopback."
)
@set_option
def serve(
    data: Path | None,
    host: str | None,
    port: int | None,
    config: Path | None,
    no_auth: bool,
    assignments: Sequence[str],
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
    from vedette.server.lifecycle import exposure
    from vedette.server.lifecycle import serve as run
    from vedette.telemetry.log import configure_log

    configure_log(settings.telemetry)
    warning = exposure(settings.http)
    if warning:
        click.echo(warning)
    run(
        loaded,
        SystemClock(),
        lambda url: click.echo(f"Vedette is ready: {url}"),
        lambda link: click.echo(f"Set the administrator's password, once, at: {link}"),
    )


def _import_log_alone() -> None:
    """Import structlog without rich, which it would only use to colour stack traces: a twentieth of the start."""
    if "structlog" not in sys.modules and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # Python's own notation for "not to be imported"
        import structlog  # noqa: F401 - for its effect on sys.modules

        del sys.modules["rich"]
