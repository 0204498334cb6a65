"""`make dev`: Vite's server, which follows the page's files, before a Vedette that follows the Python files.

Samples are kept in the folder dev-data; the arguments go to `vedette serve`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "src" / "vedette"
PAGE_ORIGIN: Final = "http://127.0.0.1:9189"
"""Vite's address, as web/vite.config.ts has it."""
LOOK_EVERY_S: Final = 0.5
PATIENCE_S: Final = 20.0


def stamps() -> dict[Path, int]:
    """When each file of the server was last changed."""
    found = {}
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.abi3.so")]:
        try:
            found[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue  # an editor was just replacing it
    return found


def start_server() -> subprocess.Popen[bytes]:
    """A server on its usual port; a file with an error ends it, the next change starts it again."""
    command = [str(Path(sys.executable).parent / "vedette"), "serve", "--no-auth", "--data", "dev-data"]
    command += ["--set", f"http.allowed_origins={PAGE_ORIGIN}", *sys.argv[1:]]
    # Where Vite finds the server is no setting of the server.
    own = {name: value for name, value in os.environ.items() if name != "VEDETTE_URL"}
    return subprocess.Popen(command, cwd=ROOT, env=own)  # noqa: S603 - what the developer has asked for


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process in order, or after some time without."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def interrupted(_number: int, _frame: object) -> None:
    """SIGTERM ends as Ctrl-C does."""
    raise KeyboardInterrupt


def main() -> None:
    """Until Ctrl-C."""
    signal.signal(signal.SIGTERM, interrupted)
    server = start_server()
    vite = ["node", "node_modules/vite/bin/vite.js", "--host", "127.0.0.1"]
    page = subprocess.Popen(vite, cwd=ROOT / "web")  # noqa: S603 - the developer's own Node
    seen = stamps()
    try:
        while page.poll() is None:
            time.sleep(LOOK_EVERY_S)
            now = stamps()
            if now != seen:
                changed = sorted(str(path.relative_to(ROOT)) for path, _ in seen.items() ^ now.items())
                sys.stderr.write(f"changed: {', '.join(dict.fromkeys(changed))}\n")
                seen = now
                stop(server)
                server = start_server()
    except KeyboardInterrupt:
        pass
    finally:
        stop(server)
        stop(page)


main()
