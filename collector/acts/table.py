"""The acts of the journal: each beside its line, chained, so that none can be taken out, changed or put between.

Policies stand in the same chain (seepline.acts.chain), beside the acts that were done under them.
"""

import sqlite3
from collections.abc import Iterator

from seepline.acts.chain import Head, KeptAct, day_of, link, policy_of

__all__ = ("SCHEMA", "ActTable", "KeptAct", "link")

SCHEMA = """
CREATE TABLE IF NOT EXISTS acts (
  line INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, chain TEXT NOT NULL);
"""


class ActTable:
    """The table of acts on the journal's own connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def knows(self, act_id: str) -> bool:
        """Tell whether an act is kept."""
        return self._connection.execute("SELECT 1 FROM acts WHERE id = ?", (act_id,)).fetchone() is not None

    def place(self, act_id: str) -> tuple[int, int] | None:
        """Return the line of an act and when it came (UTC ms), None for one that is not kept."""
        sql = "SELECT a.line, l.arrival_ms FROM acts a JOIN lines l ON l.id = a.line WHERE a.id = ?"
        row = self._connection.execute(sql, (act_id,)).fetchone()
        return None if row is None else (row[0], row[1])

    def add(self, line: int, act_id: str, text: str) -> None:
        """Write an act beside its line, in the journal's open transaction."""
        last = self._connection.execute("SELECT chain FROM acts ORDER BY line DESC LIMIT 1").fetchone()
        chain = link(last[0] if last else "", text)
        self._connection.execute("INSERT INTO acts VALUES (?, ?, ?, ?)", (line, act_id, text, chain))

    def last_policy(self) -> str:
        """Return the newest policy, '' before the first."""
        sql = "SELECT text FROM acts WHERE id LIKE 'policy %' ORDER BY line DESC LIMIT 1"
        row = self._connection.execute(sql).fetchone()
        return policy_of(row[0]) if row else ""

    def text_of(self, line: int) -> str:
        """Return the text of the act of a line."""
        return str(self._connection.execute("SELECT text FROM acts WHERE line = ?", (line,)).fetchone()[0])

    def newest(self, line: int) -> KeptAct | None:
        """Return the newest entry of the chain that was committed before a line."""
        sql = (
            "SELECT a.line, l.arrival_ms, a.text, a.chain FROM acts a JOIN lines l ON l.id = a.line"
            " WHERE a.line < ? ORDER BY a.line DESC LIMIT 1"
        )
        row = self._connection.execute(sql, (line,)).fetchone()
        return KeptAct(*row) if row else None

    def before(self, line: int, limit: int, person: str = "", kind: str = "") -> list[KeptAct]:
        """Return up to `limit` entries before a line, the newest first; of a person and kind that are named."""
        sql = (
            "SELECT a.line, l.arrival_ms, a.text, a.chain FROM acts a JOIN lines l ON l.id = a.line"
            " WHERE a.line < ? AND ? IN ('', a.text ->> '$.act.person')"
            " AND ? IN ('', coalesce(a.text ->> '$.act.kind', 'policy')) ORDER BY a.line DESC LIMIT ?"
        )
        return [KeptAct(*row) for row in self._connection.execute(sql, (line, person, kind, limit))]

    def about_keys(self, line: int, limit: int) -> list[KeptAct]:
        """Return up to `limit` policies and acts on keys after a line, in the order in which they came."""
        sql = (
            "SELECT a.line, l.arrival_ms, a.text, a.chain FROM acts a JOIN lines l ON l.id = a.line"
            " WHERE a.line > ? AND coalesce(a.text ->> '$.act.kind', 'device_key')"
            " IN ('device_key', 'device_key_end') ORDER BY a.line LIMIT ?"
        )
        return [KeptAct(*row) for row in self._connection.execute(sql, (line, limit))]

    def heads(self, limit: int) -> list[Head]:
        """Return the chain's value at the end of each day on which something came, the newest first."""
        day = "CAST((text ->> '$.accepted_ms') / 86400000 AS INTEGER)"
        days = f"SELECT max(line) AS line, {day} AS day FROM acts GROUP BY day ORDER BY line DESC LIMIT ?"  # noqa: S608
        sql = (
            "SELECT d.day, (SELECT count(*) FROM acts b WHERE b.line <= d.line), a.chain"  # noqa: S608
            f" FROM ({days}) d JOIN acts a ON a.line = d.line ORDER BY d.line DESC"
        )
        found = self._connection.execute(sql, (limit,))
        return [Head(day_of(day * 86_400_000), entries, chain) for day, entries, chain in found]

    def after(self, line: int, limit: int) -> list[KeptAct]:
        """Return up to `limit` acts after a line, in the order in which they came."""
        return list(self._after(line, limit))

    def _after(self, line: int, limit: int) -> Iterator[KeptAct]:
        sql = (
            "SELECT a.line, l.arrival_ms, a.text, a.chain FROM acts a JOIN lines l ON l.id = a.line"
            " WHERE a.line > ? ORDER BY a.line LIMIT ?"
        )
        for row in self._connection.execute(sql, (line, limit)):
            yield KeptAct(*row)
