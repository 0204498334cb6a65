"""`vedette user`, `key` and `audit`: on a folder, while a server runs on it or not."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.auth.world import PASSWORD, World

from vedette.auth.actor import anonymous
from vedette.catalog.database import Catalog
from vedette.cli.audit import audit
from vedette.cli.errors import DAMAGED
from vedette.cli.key import key
from vedette.cli.user import user
from vedette.errors import BadData, Conflict, NotFound

VERBS = {"user": user, "key": key, "audit": audit}


def run(data: Path, *arguments: str, stdin: str = "", fails: bool = False) -> Result:
    """Call a verb on a folder."""
    done = CliRunner().invoke(VERBS[arguments[0]], [*arguments[1:], "--data", str(data)], input=stdin)
    if not fails and done.exception is not None:
        raise done.exception
    return done


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with an administrator."""
    run(tmp_path / "data", "user", "add", "root", "--admin", "--password-stdin", stdin=PASSWORD + "\n")
    return tmp_path / "data"


def test_a_user_is_made_before_the_first_start(data: Path) -> None:
    """The folder comes into being, readable by its owner alone; the set-up is done with that."""
    world = World(Catalog(None, data), data)
    assert world.service.is_set_up
    assert (data / "catalog.sqlite3").stat().st_mode & 0o077 == 0
    assert "root  enabled  everything  password" in run(data, "user", "list").stdout


def test_a_password_is_never_an_argument(data: Path) -> None:
    """It comes from the terminal or standard input; an empty one is none."""
    assert "--password " not in CliRunner().invoke(user, ["add", "--help"]).stdout
    with pytest.raises(BadData):
        run(data, "user", "add", "ann", "--password-stdin", stdin="\n")
    with pytest.raises(BadData, match="--password-stdin"):
        run(data, "user", "add", "ann")


def test_a_running_server_hears_of_it_within_its_next_look(data: Path) -> None:
    """Disabled users and revoked keys end there, new ones work."""
    server = World(Catalog(None, data), data)
    run(data, "user", "add", "ann", "--project", "default", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    server.service.tick()
    signed_in = server.sign_in("ann")
    made = run(
        data, "key", "create", "agent", "--scope", "ingest", "--scope", "read", "--owner", "ann", "--expires", "90d"
    )
    secret = made.stdout.splitlines()[-1]
    server.service.tick()
    found = server.service.by_key(secret)
    assert found is not None
    assert found.key is not None
    assert found.key.scopes == ("ingest", "read")
    listed = run(data, "key", "list").stdout
    assert found.key.id in listed
    assert secret not in listed
    run(data, "key", "revoke", found.key.id)
    run(data, "user", "disable", "ann")
    server.service.tick()
    assert server.service.by_key(secret) is None
    assert server.who(signed_in.token) is None
    run(data, "user", "enable", "ann")
    server.service.tick()
    assert server.sign_in("ann")
    run(data, "user", "passwd", "ann", "--password-stdin", stdin="another quiet evening\n")
    server.service.tick()
    assert server.sign_in("ann", "another quiet evening")


def test_links_and_identities(data: Path) -> None:
    """Somebody sets a password by a link; a provider's subject is linked and unlinked."""
    shown = run(data, "user", "add", "ann", "--link").stdout
    again = run(data, "user", "link", "ann").stdout
    token = again.rpartition("/setup#")[2].strip()
    assert "/setup#link." in shown
    server = World(Catalog(None, data), data)
    assert server.service.set_up(token, "", PASSWORD, anonymous()) is not None
    run(data, "user", "identity", "ann", "--issuer", "https://sso.example", "--subject", "s-1")
    assert "oidc" in run(data, "user", "list").stdout
    run(data, "user", "identity", "ann")
    assert "oidc" not in run(data, "user", "list").stdout
    run(data, "user", "remove-second-factor", "ann")


def test_mistakes_are_told(data: Path) -> None:
    """Unknown names, the last administrator, a role or project that is not there, a folder that is none."""
    with pytest.raises(Conflict, match="last administrator"):
        run(data, "user", "disable", "root")
    for arguments in (
        ("user", "passwd", "nobody", "--password-stdin"),
        ("user", "add", "ann", "--project", "nowhere", "--link"),
        ("user", "add", "ann", "--project", "default", "--role", "nothing", "--link"),
        ("key", "create", "k", "--scope", "read", "--project", "nowhere"),
        ("key", "revoke", "nothing"),
    ):
        with pytest.raises(NotFound):
            run(data, *arguments, stdin=PASSWORD)
    assert "ann" not in run(data, "user", "list").stdout
    with pytest.raises(NotFound):
        run(data / "elsewhere", "user", "list")
    assert not (data / "elsewhere").exists()
    assert run(data, "key", "create", "k", fails=True).exit_code == 2


def test_the_log_is_listed_and_checked(data: Path) -> None:
    """Newest first, filtered, as JSON; a changed line is exit code 8."""
    run(data, "user", "add", "ann", "--link")
    lines = [json.loads(line) for line in run(data, "audit", "list", "--json").stdout.splitlines()]
    assert [line["action"] for line in lines] == ["user.link", "user.create", "user.create"]
    assert {line["actor_kind"] for line in lines} == {"cli"}
    assert run(data, "audit", "list", "--action", "user.link", "--start", "now-1h").stdout.count("\n") == 1
    assert run(data, "audit", "list", "--result", "refused").stdout == ""
    assert run(data, "audit", "list", "--limit", "2").stdout.count("\n") == 2
    assert run(data, "audit", "verify").stdout == "the audit log is whole\n"
    with sqlite3.connect(data / "catalog.sqlite3") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit_log SET actor = 'nobody' WHERE seq = 2")
    connection.close()
    assert run(data, "audit", "verify", fails=True).exit_code == DAMAGED


def test_what_the_start_of_a_server_needs_imports_nothing_heavy() -> None:
    """Neither the database nor cryptography delays readiness: they come with AuthService, in the background."""
    light = ("actor", "identified", "instance_key", "permission", "principal", "settings", "tickets", "tokens")
    program = "import sys\n" + "".join(f"import vedette.auth.{name}\n" for name in light)
    program += "print([name for name in ('sqlalchemy', 'alembic', 'argon2', 'authlib', 'joserfc', 'cryptography', "
    program += "'pyotp', 'segno', 'vedette.promql.parser') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
