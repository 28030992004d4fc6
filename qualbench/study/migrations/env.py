"""Runs the migrations on the connection handed over by `study.database.migrate`."""

from alembic import context
from sqlmodel import Session

from qualbench.study.logins import renew_rights
from qualbench.study.tables import Row

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
    if connection.dialect.name == "postgresql":
        renew_rights(Session(connection))
