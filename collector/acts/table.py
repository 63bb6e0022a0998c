"""The acts of the journal: each beside its line, chained, so that none can be taken out, changed or put between.

Policies stand in the same chain (seepline.acts.chain), beside the acts that were done under them.
"""

import sqlite3
from collections.abc import Iterator

from seepline.acts.chain import KeptAct, link, policy_of

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
