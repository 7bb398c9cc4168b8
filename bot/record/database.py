"""The record's database: SQLite in the state folder, or PostgreSQL. Its schema comes with Alembic's migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from bot.record.settings import RecordSettings
from bot.record.tables import position

MIGRATIONS = Path(__file__).parent / "migrations"
_PATIENCE = 15
"""Seconds to wait for the database, or for another writer."""
_AT_ONCE = 500
"""Rows of one statement, kept below what SQLite and PostgreSQL take as parameters."""

Row = dict[str, Any]


def open_database(settings: RecordSettings) -> Engine:
    """The engine of the record; nothing is connected yet. An SQLite file is its owner's alone."""
    if settings.record_url:
        return _postgresql(settings.record_url)
    settings.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.file.touch(mode=0o600)
    return _sqlite(settings.file)


def migrate(engine: Engine) -> None:
    """Bring the schema to that of this version. Two at once wait for each other. There is no way back down."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('careline record'))"))
        else:
            connection.execute(text("CREATE TABLE IF NOT EXISTS migrating (id INTEGER)"))  # takes the write lock
            connection.execute(text("DROP TABLE migrating"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer of the record runs beside: it begins by taking the one row of `position`."""
    with engine.begin() as connection:
        connection.execute(update(position).values(writes=position.c.writes + 1))
        yield connection


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, or overwrite those of the same primary key."""
    keys = [column.name for column in table.primary_key]
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for begin in range(0, len(rows), _AT_ONCE):
        statement = make(table)
        rest = {name: statement.excluded[name] for name in table.columns.keys() if name not in keys}  # noqa: SIM118
        connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=rest)
            if rest
            else statement.on_conflict_do_nothing(index_elements=keys),
            [_storable(row) for row in rows[begin : begin + _AT_ONCE]],
        )


def _storable(value: Any) -> Any:
    """The same without NUL characters, which PostgreSQL does not take."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, Mapping):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value


def _postgresql(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=2,
        connect_args={"connect_timeout": 5, "options": "-c statement_timeout=300000"},
        json_serializer=_dumps,
        hide_parameters=True,
    )


def _sqlite(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        connect_args={"timeout": _PATIENCE, "isolation_level": None},
        json_serializer=_dumps,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:  # sqlite3 itself begins late, and not at all before a CREATE TABLE
        connection.exec_driver_sql("BEGIN")

    return engine


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
