"""The acts of the journal: each beside its line, chained, so that none can be taken out, changed or put between.

chain of an act = SHA-256(chain of the act before, newline, its text), the first one's before is ''
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS acts (
  line INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, chain TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class KeptAct:
    """One act of the journal: its line, when it came, the text of an AcceptedAct, and its link of the chain."""

    line: int
    arrival_ms: int
    text: str
    chain: str


def link(before: str, text: str) -> str:
    """Return the chain's value behind `text`.

    >>> link("", "a")[:16]
    '7361a6f4b374745d'
    """
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def policy_text(policy: str) -> str:
    """Return a policy as the table keeps it: in the chain, beside the acts that were done under it."""
    return json.dumps({"policy": policy})


def policy_of(text: str) -> str:
    """Return the policy in a text that `policy_text` made, '' for an act."""
    return str(json.loads(text).get("policy", ""))


class ActTable:
    """The table of acts on the journal's own connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def knows(self, act_id: str) -> bool:
        """Tell whether an act is kept."""
        return self._connection.execute("SELECT 1 FROM acts WHERE id = ?", (act_id,)).fetchone() is not None

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
