"""Runs the migrations on the connection handed over by `study.database.migrate`."""

from alembic import context

from qualbench.study.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
