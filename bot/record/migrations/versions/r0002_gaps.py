"""What a question that is not covered came nearest to, and its language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("lang", sa.String(length=8), comment="of the first reply"))
    op.add_column("outcomes", sa.Column("near", sa.JSON(), comment="topics that came nearest, where none covered it"))
