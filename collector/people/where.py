"""Addresses within the collector, all relative: it may stand under any name and below any path."""

import re
from urllib.parse import quote

_LOCAL = re.compile(r"(?!/)[A-Za-z0-9._~/?&=%,:+-]{0,500}")


def up_from(path: str) -> str:
    """Return what leads from a page to the root.

    >>> up_from("/hand"), up_from("/"), up_from("/me/password")
    ('./', './', '../')
    """
    return "../" * (path.count("/") - 1) or "./"


def next_of(path: str, query: str) -> str:
    """Return the question that tells the sign-in page where to go on; '' for the first page.

    >>> next_of("/replay", "set=a&days=7"), next_of("/", "")
    ('?next=replay%3Fset%3Da%26days%3D7', '')
    """
    wanted = f"{path.lstrip('/')}{'?' if query else ''}{query}"
    return f"?next={quote(wanted, safe='')}" if wanted and local(wanted) != "./" else ""


def local(wanted: str) -> str:
    r"""Return a page of this collector as an address from its root; another's is the first page.

    >>> local("hand?x=1"), local("//evil.example/"), local("https:evil.example"), local(r"a\b"), local("a/../b")
    ('./hand?x=1', './', './', './', './')
    """
    path = wanted.partition("?")[0]
    good = _LOCAL.fullmatch(wanted) and not any(odd in path for odd in (":", "%", "..", "//"))
    return f"./{wanted}" if good else "./"
