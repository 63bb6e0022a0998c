"""Signing in: one answer for everything that is not right, and the same work for a name that nobody has.

RefusedError    name, password or code is not right; which one, nobody is told
"""

from collector.people import authenticator, brake, sessions
from collector.people import password as passwords
from collector.people.authenticator import NEEDS_ONE
from collector.people.desk import Desk
from collector.people.sessions import Caller


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
    if not right or (has_totp and not authenticator.used(desk.book, name, code, desk.now_ms())):
        why = "code" if right else "name or password"
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


def prove(desk: Desk, person: str, code: str, caller: Caller, before: str) -> str:
    """Return the secret of a session whose second factor was shown, in the place of one without.

    A person without an authenticator confirms with it the one that was offered.

    Raises
    ------
    RefusedError, collector.people.brake.BrakedError
    """
    brake.take(desk.book, person, caller.address, desk.now_ms())
    new = authenticator.confirmed(desk.book, person, code, desk.now_ms())
    if not new and not authenticator.used(desk.book, person, code, desk.now_ms()):
        desk.note(person, "refused", caller.address, "code")
        raise RefusedError
    brake.give_back(desk.book, person, caller.address)
    return begin(desk, person, True, caller, before, "authenticator set up" if new else "")


def lacks_proof(role: str, has_totp: bool, proved: bool) -> bool:
    """Tell whether a session has to show a code first: its role signs, or its person has an authenticator."""
    return not proved and (has_totp or role in NEEDS_ONE)
