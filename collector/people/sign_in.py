"""Signing in: one answer for everything that is not right, and the same work for a name that nobody has.

RefusedError    name, password or code is not right; which one, nobody is told
"""

import logging

from collector.people import authenticator, brake, sessions
from collector.people import password as passwords
from collector.people.authenticator import NEEDS_ONE
from collector.people.desk import Desk
from collector.people.seal import SealError
from collector.people.sessions import Caller

_log = logging.getLogger("collector.people")


class RefusedError(Exception):
    """It is not right."""


def sign_in(desk: Desk, name: str, password: str, code: str, caller: Caller, before: str = "") -> str:
    """Return the secret of a new session; the session of the cookie that came, `before`, ends.

    Whoever has no authenticator yet, and needs one, gets a session that can do nothing but set one up.

    Raises
    ------
    RefusedError, collector.people.brake.BrakedError, collector.people.password.BusyError
    """
    brake.take(desk.book, name, caller.address, desk.now_ms())
    kept, has_totp, usable = _account(desk, name)
    right = passwords.fits(kept, password) and usable
    why = "name or password" if not right else _wrong(desk, name, code) if has_totp else ""
    if why:
        desk.note(name if kept else "", "refused", caller.address, why if kept else "unknown name")
        raise RefusedError
    brake.give_back(desk.book, name, caller.address)
    return begin(desk, name, has_totp, caller, before)


def begin(desk: Desk, person: str, proved: bool, caller: Caller, before: str = "", how: str = "") -> str:
    """Begin a session of a person who has shown who it is."""
    secret = sessions.begin(desk.book, person, proved, caller, desk.now_ms(), before)
    desk.note(person, "signed in", caller.address, how)
    return secret


def _account(desk: Desk, name: str) -> tuple[str, bool, bool]:
    """Return (hash of the password, whether there is an authenticator, whether it may sign in at all)."""
    rows = desk.book.read("SELECT password, totp <> '', locked FROM account WHERE person = ?", (name,))
    if not rows:
        return "", False, False
    kept, has_totp, locked = rows[0]
    return str(kept), bool(has_totp), not locked and desk.person(name) is not None


def _wrong(desk: Desk, person: str, code: str) -> str:
    """Return what is wrong with a code, '' for nothing. The caller says no more of it than that it is refused."""
    try:
        return "" if authenticator.used(desk.book, desk.key, person, code, desk.now_ms()) else "code"
    except SealError as error:
        _log.error("A code of %s cannot be checked: %s.", person, error)
        return "key of the authenticators"


def prove(desk: Desk, person: str, code: str, caller: Caller, before: str) -> str:
    """Return the secret of a session whose second factor was shown, in the place of one without.

    A person without an authenticator confirms with it the one that was offered.

    Raises
    ------
    RefusedError, collector.people.brake.BrakedError
    """
    brake.take(desk.book, person, caller.address, desk.now_ms())
    try:
        new = authenticator.confirmed(desk.book, desk.key, person, code, desk.now_ms())
    except SealError:
        new = False  # what was offered is sealed with another key
    if not new and (why := _wrong(desk, person, code)):
        desk.note(person, "refused", caller.address, why)
        raise RefusedError
    brake.give_back(desk.book, person, caller.address)
    return begin(desk, person, True, caller, before, "authenticator set up" if new else "")


def lacks_proof(role: str, has_totp: bool, proved: bool) -> bool:
    """Tell whether a session has to show a code first: its role signs, or its person has an authenticator."""
    return not proved and (has_totp or role in NEEDS_ONE)
