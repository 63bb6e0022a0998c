"""The brake on guessing: each failure of a name or an address makes the next try of it wait longer.

A try is counted before its password is looked at, so that many at once are as slow as one after another. A name
that nobody has is braked like one that somebody has.

BrakedError    come again later
"""

import hashlib
import sqlite3
from ipaddress import IPv6Address, ip_address

from collector.people.book import Book

FREE_OF_NAME, FREE_OF_ADDRESS = 5, 30  # an office has one address
_MOST_S, _FORGOTTEN_MS = 900, 86_400_000


class BrakedError(Exception):
    """Too many tries: `wait_s` says when to come again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many tries: come again in {wait_s} s")
        self.wait_s = wait_s


def delay_s(failures: int, free: int) -> int:
    """Return how long the next try waits.

    >>> [delay_s(n, 5) for n in (1, 5, 6, 7, 10, 99)]
    [0, 0, 1, 2, 16, 900]
    """
    return 0 if failures <= free else min(_MOST_S, 1 << min(failures - free - 1, 20))


def network(address: str) -> str:
    """Return what of an address one person has: a whole /64 of IPv6.

    >>> network("192.0.2.7"), network("2001:db8::1:2"), network("::ffff:192.0.2.7"), network("testclient")
    ('192.0.2.7', '2001:db8::', '192.0.2.7', 'testclient')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def _keys(name: str, address: str) -> tuple[tuple[str, int], ...]:
    hidden = hashlib.sha256(name.encode()).hexdigest()  # people type their password in the place of their name
    return (f"name {hidden}", FREE_OF_NAME), (f"address {network(address)}", FREE_OF_ADDRESS)


def take(book: Book, name: str, address: str, now_ms: int) -> None:
    """Count a try. Raises BrakedError, and counts nothing, while one of the two has to wait."""
    with book.open() as db:
        db.execute("DELETE FROM brake WHERE last_ms < ?", (now_ms - _FORGOTTEN_MS,))
        found = [_found(db, key) for key, _ in _keys(name, address)]
        wait_ms = max(until_ms for _, until_ms in found) - now_ms
        if wait_ms > 0:
            raise BrakedError(-(-wait_ms // 1000))
        for (key, free), (failures, _) in zip(_keys(name, address), found, strict=True):
            until_ms = now_ms + 1000 * delay_s(failures + 1, free)
            db.execute("INSERT OR REPLACE INTO brake VALUES (?, ?, ?, ?)", (key, failures + 1, now_ms, until_ms))


def _found(db: sqlite3.Connection, key: str) -> tuple[int, int]:
    row = db.execute("SELECT failures, until_ms FROM brake WHERE key = ?", (key,)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def give_back(book: Book, name: str, address: str) -> None:
    """Take a try back that was none: the name begins anew, the address is where it was before."""
    (name_key, _), (address_key, _) = _keys(name, address)
    with book.open() as db:
        db.execute("DELETE FROM brake WHERE key = ?", (name_key,))
        db.execute("UPDATE brake SET failures = max(failures - 1, 0), until_ms = 0 WHERE key = ?", (address_key,))
