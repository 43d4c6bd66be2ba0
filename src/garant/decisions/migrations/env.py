"""What Alembic runs: on the connection that it is given, never on one of its own."""

from alembic import context

from garant.decisions.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
