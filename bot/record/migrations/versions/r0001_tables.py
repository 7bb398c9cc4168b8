"""The tables of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line"),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False, comment="when something was said last"),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("acuity", sa.String(length=64)),
        sa.Column("reason", sa.Text()),
        sa.Column("nurse", sa.String(length=64)),
        sa.Column("pending", sa.Integer(), nullable=False, comment="turns that are not finished"),
        sa.Column("live", sa.Boolean(), nullable=False, comment="whether the live store still has it"),
        sa.Column("last_entry", sa.String(length=48), nullable=False, comment="the log is projected up to here"),
        sa.Column(
            "last_change", sa.String(length=48), nullable=False, comment="changes of owner are projected up to here"
        ),
        sa.Column("unsent", sa.Integer(), nullable=False, comment="how many unsent replies are projected"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("conversations_active", "conversations", ["active"])
    op.create_table(
        "erased",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_table(
        "failed",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=False, comment="the kind of error; never its words"),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_table(
        "handoffs",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("acuity", sa.String(length=64)),
        sa.Column("reason", sa.Text()),
        sa.Column("claimed", sa.BigInteger()),
        sa.Column("nurse", sa.String(length=64)),
        sa.Column("waited", sa.BigInteger(), comment="milliseconds in the queue, till a nurse or the patient ended it"),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("ending", sa.String(length=64), comment="closed, handed_back, left_queue, requeued"),
        sa.PrimaryKeyConstraint("conversation", "epoch"),
    )
    op.create_index("handoffs_at", "handoffs", ["at"])
    op.create_table(
        "messages",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=48), nullable=False, comment="unsent-<n> for what was shown to nobody"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=48), comment="the patient's entry that it replies to"),
        sa.Column("author", sa.Text()),
        sa.Column("notice", sa.String(length=64)),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("rest", sa.JSON(), nullable=False, comment="answer, advice, buttons, the sender's own id"),
        sa.PrimaryKeyConstraint("conversation", "entry"),
    )
    op.create_index("messages_turn", "messages", ["conversation", "turn"])
    op.create_table(
        "notes",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column(
            "change", sa.String(length=48), nullable=False, comment="the change of owner that it was written for"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("nurse", sa.String(length=64)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "change"),
    )
    op.create_table(
        "outcomes",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.String(length=48), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("waited", sa.BigInteger(), comment="milliseconds to the first reply"),
        sa.PrimaryKeyConstraint("conversation", "turn"),
    )
    op.create_index("outcomes_at", "outcomes", ["at"])
    op.create_table(
        "ownership",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("change", sa.String(length=48), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("acuity", sa.String(length=64)),
        sa.Column("reason", sa.Text()),
        sa.Column("nurse", sa.String(length=64)),
        sa.PrimaryKeyConstraint("conversation", "change"),
    )
    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False, comment="1: there is one row"),
        sa.Column("feed", sa.String(length=48), nullable=False, comment="the feed is projected up to here"),
        sa.Column("audit", sa.String(length=48), nullable=False, comment="the audit is projected up to here"),
        sa.Column("swept", sa.BigInteger(), nullable=False, comment="when old rows were removed last"),
        sa.Column("writes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "verdicts",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=48), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("acuity", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("ask", sa.JSON(), nullable=False),
        sa.Column("advice", sa.Text()),
        sa.PrimaryKeyConstraint("conversation", "entry"),
    )
    op.create_index("verdicts_at", "verdicts", ["at"])
    op.execute("INSERT INTO position (id, feed, audit, swept, writes) VALUES (1, '0-0', '0-0', 0, 0)")
