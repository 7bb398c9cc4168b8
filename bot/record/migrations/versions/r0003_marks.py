"""What patients and nurses say of answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "conversations",
        sa.Column(
            "last_mark",
            sa.String(length=48),
            nullable=False,
            server_default="0-0",
            comment="marks on answers are projected up to here",
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=48), nullable=False, comment="the answer"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False, comment="of the answer"),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.Text(), comment="that the answer was taken from, or that came nearest"),
        sa.PrimaryKeyConstraint("conversation", "entry"),
    )
    op.create_table(
        "corrections",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=48), nullable=False, comment="the answer"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("nurse", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False, comment="that it should have had"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text()),
        sa.PrimaryKeyConstraint("conversation", "entry"),
    )
