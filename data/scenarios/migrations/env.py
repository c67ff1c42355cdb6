"""How alembic runs here: on the connection that `data.scenarios.database` hands over."""

from alembic import context

from data.scenarios.database import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
