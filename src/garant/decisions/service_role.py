"""The role of PostgreSQL that serves: it adds records and never changes one, and cannot give itself more.

The owner of the tables grants it, after each change of the schema anew (docs/ledger.md has the other roles).
"""

import re
from typing import Final, LiteralString

from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from garant.decisions.database import translated
from garant.decisions.migrating import LOCK
from garant.decisions.postgresql import migrating_engine
from garant.exceptions import UsageError

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_RDS_IAM = "rds_iam"

_GRANTS: Final[tuple[LiteralString, ...]] = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {role}",
    # To lock the row of a person while a decision is added, and to note the use and the end of API keys.
    "GRANT UPDATE (made_at) ON subjects TO {role}",
    "GRANT UPDATE (used_on, revoked_at) ON api_keys TO {role}",
    # What waits for a reviewer is a list of work, no record.
    "GRANT UPDATE (kind), DELETE ON open_cases TO {role}",
)


def grant_service(url: str, role: str, *, password: str | None = None) -> bool:
    """Let `role` serve from the store at `url`, where the owner of its tables asks; make it when it is not there.

    Parameters
    ----------
    url : str
        PostgreSQL, with the schema of this version.
    role : str
        Lower-case letters, digits and ``_``.
    password : str or None
        Its password from now on, which crosses the network only as what proves it. Without one, a new role logs in by
        other means: on Amazon RDS by tokens of IAM.

    Returns
    -------
    bool
        Whether the role is new.

    Raises
    ------
    UsageError
        When `role` is no name, or the store is no PostgreSQL.
    StoreError
        When the database cannot be used, or refuses.
    """
    if not _NAME.fullmatch(role):
        raise UsageError(f"'{role}' is no name of a role: write lower-case letters, digits and _, at most 63.")
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise UsageError(
            "--service-role is for PostgreSQL: a SQLite file has no roles. Leave it out, or set store_url."
        )
    engine = migrating_engine(parsed)
    try:
        with translated(f"Record store {parsed.render_as_string()}"), engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            is_new = not _is_there(connection, role)
            if is_new:
                _run(connection, "CREATE ROLE {role} LOGIN", role)
            if password is not None:
                _run(connection, "ALTER ROLE {role} PASSWORD {verifier}", role, verifier=password)
            elif _is_there(connection, _RDS_IAM):
                _run(connection, "GRANT rds_iam TO {role}", role)
            for grant in _GRANTS:
                _run(connection, grant, role)
            return is_new
    finally:
        engine.dispose()


def _is_there(connection: Connection, role: str) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %(role)s", {"role": role})
    return found.first() is not None


def _run(connection: Connection, statement: LiteralString, role: str, *, verifier: str | None = None) -> None:
    driver = connection.connection.dbapi_connection
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    parts: dict[str, sql.Composable] = {"role": sql.Identifier(role), "schema": sql.Identifier(schema)}
    if verifier is not None:
        # As SCRAM keeps it: a log of statements would hold no password.
        made = driver.pgconn.encrypt_password(verifier.encode(), role.encode(), b"scram-sha-256")  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        parts["verifier"] = sql.Literal(made.decode())
    connection.exec_driver_sql(sql.SQL(statement).format(**parts).as_string(None).replace("%", "%%"))
