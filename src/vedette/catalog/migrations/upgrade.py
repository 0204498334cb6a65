"""Brings the tables to their newest form, within the transaction of the connection that it is given."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from vedette.catalog.tables import HEAD
from vedette.errors import Unavailable


def scripts() -> tuple[Config, ScriptDirectory]:
    """The folder of revisions, as Alembic knows it."""
    config = Config()
    # A percent sign in a path is no reference to another option.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def upgrade(connection: Connection, target: str = HEAD) -> None:
    """Migrate to a revision. Raises Unavailable when the stored one is not known here: it is from a newer version."""
    config, directory = scripts()

    def steps(revision: object, _context: MigrationContext) -> object:
        return directory._upgrade_revs(target, revision)  # type: ignore[arg-type] # noqa: SLF001 - as alembic.command does

    environment = EnvironmentContext(config, directory, fn=steps, destination_rev=target)
    environment.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
    try:
        environment.run_migrations()
    except CommandError as error:
        raise Unavailable(f"the catalog was written by a newer version of Vedette: {error}") from error
