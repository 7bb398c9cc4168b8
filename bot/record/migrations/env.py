"""What Alembic runs: the migrations, on the connection that bot/record/database.py gives."""

from __future__ import annotations

from alembic import context

from bot.record.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
