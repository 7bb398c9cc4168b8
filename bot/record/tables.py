"""The tables of the record (docs/record.md). Times are milliseconds since 1970.

An entry, a change or a line of the audit is named by its Redis stream id (`milliseconds-sequence`).
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

CONVERSATION = String(64)
STREAM_ID = String(48)
NAME = String(64)

conversations = Table(
    "conversations",
    metadata,
    Column("id", CONVERSATION, primary_key=True),
    Column("channel", NAME, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("active", BigInteger, nullable=False, comment="when something was said last"),
    Column("owner", NAME, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("acuity", NAME),
    Column("reason", Text),
    Column("nurse", NAME),
    Column("pending", Integer, nullable=False, comment="turns that are not finished"),
    Column("live", Boolean, nullable=False, comment="whether the live store still has it"),
    Column("last_entry", STREAM_ID, nullable=False, comment="the log is projected up to here"),
    Column("last_change", STREAM_ID, nullable=False, comment="changes of owner are projected up to here"),
    Column("unsent", Integer, nullable=False, comment="how many unsent replies are projected"),
    Column(
        "last_mark",
        STREAM_ID,
        nullable=False,
        server_default="0-0",
        comment="marks on answers are projected up to here",
    ),
    Index("conversations_active", "active"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("entry", STREAM_ID, primary_key=True, comment="unsent-<n> for what was shown to nobody"),
    Column("at", BigInteger, nullable=False),
    Column("sender", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("turn", STREAM_ID, comment="the patient's entry that it replies to"),
    Column("author", Text),
    Column("notice", NAME),
    Column("sent", Boolean, nullable=False),
    Column("rest", JSON, nullable=False, comment="answer, advice, buttons, the sender's own id"),
    Index("messages_turn", "conversation", "turn"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("entry", STREAM_ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("acuity", NAME, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("ask", JSON, nullable=False),
    Column("advice", Text),
    Index("verdicts_at", "at"),
)

ownership = Table(
    "ownership",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("change", STREAM_ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("before", NAME, nullable=False),
    Column("after", NAME, nullable=False),
    Column("acuity", NAME),
    Column("reason", Text),
    Column("nurse", NAME),
)

notes = Table(
    "notes",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("change", STREAM_ID, primary_key=True, comment="the change of owner that it was written for"),
    Column("at", BigInteger, nullable=False),
    Column("nurse", NAME),
    Column("text", Text, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("turn", STREAM_ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("outcome", NAME, nullable=False),
    Column("waited", BigInteger, comment="milliseconds to the first reply"),
    Column("lang", String(8), comment="of the first reply"),
    Column("near", JSON, comment="topics that came nearest, where none covered it"),
    Index("outcomes_at", "at"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("acuity", NAME),
    Column("reason", Text),
    Column("claimed", BigInteger),
    Column("nurse", NAME),
    Column("waited", BigInteger, comment="milliseconds in the queue, till a nurse or the patient ended it"),
    Column("ended", BigInteger),
    Column("ending", NAME, comment="closed, handed_back, left_queue, requeued"),
    Index("handoffs_at", "at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("entry", STREAM_ID, primary_key=True, comment="the answer"),
    Column("at", BigInteger, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("outcome", NAME, nullable=False, comment="of the answer"),
    Column("lang", String(8), nullable=False),
    Column("topic", Text, comment="that the answer was taken from, or that came nearest"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("entry", STREAM_ID, primary_key=True, comment="the answer"),
    Column("at", BigInteger, nullable=False),
    Column("nurse", NAME, nullable=False),
    Column("outcome", NAME, nullable=False, comment="that it should have had"),
    Column("text", Text, nullable=False),
    Column("topic", Text),
)

audit = Table(
    "audit",
    metadata,
    Column("line", STREAM_ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", NAME, nullable=False),
    Column("conversation", CONVERSATION, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_at", "at"),
)

erased = Table(
    "erased",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

failed = Table(
    "failed",
    metadata,
    Column("conversation", CONVERSATION, primary_key=True),
    Column("error", NAME, nullable=False, comment="the kind of error; never its words"),
)

position = Table(
    "position",
    metadata,
    Column("id", Integer, primary_key=True, comment="1: there is one row"),
    Column("feed", STREAM_ID, nullable=False, comment="the feed is projected up to here"),
    Column("audit", STREAM_ID, nullable=False, comment="the audit is projected up to here"),
    Column("swept", BigInteger, nullable=False, comment="when old rows were removed last"),
    Column("writes", BigInteger, nullable=False),
)

OF_A_CONVERSATION = (messages, verdicts, ownership, notes, outcomes, handoffs, feedback, corrections)
"""What hangs on a conversation, by its column `conversation`."""
