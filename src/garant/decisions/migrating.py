"""Bringing a record store to the schema of this version, and refusing one of another."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from garant.decisions.database import translated
from garant.decisions.sqlite import make_file, migrating_engine, sqlite_path
from garant.exceptions import StoreError

_FOLDER = Path(__file__).parent / "migrations"


LOCK = 7012026
"""Number of the lock of PostgreSQL that whoever changes schema or roles holds."""


def migrate(url: str, *, only_new: bool = False) -> bool:
    """Bring the store to the schema of this version; False when nothing was changed.

    Each time all steps are one transaction: a store is of the old version or of the new one.

    Parameters
    ----------
    url : str
        Address of the store.
    only_new : bool
        Only make a store where there is none; one of an earlier version is left as it is, for what serves from it.

    Raises
    ------
    StoreError
        When the database cannot be used, or was made by a later version.
    """
    engine = _engine(url)
    name = f"Record store {engine.url.render_as_string()}"
    try:
        with translated(name), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Whoever comes second waits for the first to be done.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            before, newest = _versions(connection)
            if before == newest or (only_new and before is not None):
                return False
            _require_known(before, name)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return True
    finally:
        engine.dispose()


def schema_of(url: str) -> Literal["none", "this", "another"]:
    """Whether there is a store at `url`, and of which version.

    Raises
    ------
    StoreError
        When the database cannot be used.
    """
    engine = _engine(url)
    try:
        with translated(f"Record store {engine.url.render_as_string()}"), engine.connect() as connection:
            found, newest = _versions(connection)
    finally:
        engine.dispose()
    return "none" if found is None else "this" if found == newest else "another"


def require_version(connection: Connection, name: str) -> None:
    """Go on only with a store of this version.

    Raises
    ------
    StoreError
        When it has another schema, or none.
    """
    found, newest = _versions(connection)
    if found == newest:
        return
    _require_known(found, name)
    what = "holds no record store yet" if found is None else f"has the schema {found}, this version needs {newest}"
    raise StoreError(f"{name}: {what}. Stop what serves from it, make a copy, then run `garant ledger migrate`.")


def _versions(connection: Connection) -> tuple[str | None, str | None]:
    found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(_config()).get_current_head()


def _require_known(found: str | None, name: str) -> None:
    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"{name}: has the schema {found} of a later version of garant. Install that version; a store is never "
            "taken back (`garant ledger migrate` only goes forward)."
        )


def _config() -> Config:
    config = Config()
    # A percent sign would be the start of a variable in Alembic's configuration.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("store_url is no address of a database: write sqlite:///path or postgresql://…") from error
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        make_file(path)
        return migrating_engine(path)
    from garant.decisions.postgresql import migrating_engine as postgresql_engine  # noqa: PLC0415 - an extra

    return postgresql_engine(parsed)
