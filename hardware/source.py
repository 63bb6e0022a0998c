"""Where a row of a parts list has its figures from: the column `source`, the same in every list.

    read: WHAT, WHERE    somebody has read it: the words say what, and in which document
    memory               from memory: look it up before you order; with words, only that is
    own                  our own value or part
    to choose            nothing is named yet

Several stand beside each other with a semicolon: "read: -40 to 85 degC, maker's page; memory: current".
"""

import re

_ONE = r"(?:read: [^;]+|memory(?:: [^;]+)?|own(?:: [^;]+)?|to choose)"
_FORM = re.compile(rf"{_ONE}(?:; {_ONE})*")
EXPECTED = '"read: WHAT, WHERE", "memory", "own" or "to choose", several with "; " between them'


def is_source(text: str) -> bool:
    """Tell whether a row says where it is from.

    >>> is_source("read: registers, SBAS501; memory: range"), is_source("data sheet"), is_source("read")
    (True, False, False)
    """
    return _FORM.fullmatch(text) is not None
