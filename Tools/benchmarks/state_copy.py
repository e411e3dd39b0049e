"""How long SQLite takes for the state of a record alone: a floor under what folds it, and writes it by one connection."""

import sqlite3
import time
from contextlib import closing


def seconds_to_copy(record, copy):
    """Rows of state in the order of their tables, then the indexes, in one durable transaction; nothing is read or worked out but rows.

    record: a database whose daemon has ended; copy: a path where there is nothing yet.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA cache_size = -32768")
        database.execute("ATTACH ? AS record", [str(record)])
        schema = database.execute(
            """
            SELECT type, name, sql FROM record.sqlite_schema
            WHERE (tbl_name GLOB 'state_*' OR tbl_name GLOB 'detail_*') AND type IN ('table', 'index') AND sql IS NOT NULL
            """).fetchall()
        begin = time.perf_counter()
        database.execute("BEGIN")
        for kind, name, sql in schema:
            if kind != "table":
                continue
            database.execute(sql)
            columns = ", ".join(row[1] for row in database.execute(f"PRAGMA record.table_info({name})"))
            database.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM record.{name}")
        for kind, _, sql in schema:
            if kind == "index":
                database.execute(sql)
        database.execute("COMMIT")
        return time.perf_counter() - begin
