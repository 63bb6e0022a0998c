"""A file that somebody sent to be read as TOML: judged by what it holds, never by its name.

SentFileError    it is something else: one sentence that says what it looks like and what was expected
"""

import re

_LOOKS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a program for Windows"),
    (b"\x7fELF", "a program for Linux"),
    (b"PK\x03\x04", "a ZIP archive, as .xlsx, .docx and .zip files are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "packed by gzip"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\xff\xfe", "text saved as UTF-16"),
    (b"\xfe\xff", "text saved as UTF-16"),
    (b"\xef\xbb\xbf", "text with a byte order mark before it"),
    (b"<", "XML or HTML"),
    (b"{", "JSON"),
)
_LONGEST_LINE, _MOST_PARTS = 10_000, 16
_NAME = r"(?:[A-Za-z0-9_-]++|\"[^\"\n]*\"|'[^'\n]*')"
_LONG_KEY = re.compile(rf"^[ \t]*\[{{0,2}}[ \t]*{_NAME}(?:[ \t]*\.[ \t]*{_NAME}){{{_MOST_PARTS},}}", re.MULTILINE)


class SentFileError(ValueError):
    """What came is not the file that was asked for."""


def toml_text(data: bytes, what: str) -> str:
    r"""Return the text of a file that should be `what`, such as "a SHEET.toml". Raises SentFileError.

    >>> toml_text(b"[sheet]\n", "a SHEET.toml")
    '[sheet]\n'
    >>> toml_text(b"MZ\x90\0", "a SHEET.toml")
    Traceback (most recent call last):
    collector.sent_file.SentFileError: This is a program for Windows; expected a SHEET.toml: text saved as UTF-8.
    """
    expected = f"expected {what}: text saved as UTF-8."
    if not data.strip():
        raise SentFileError(f"This is an empty file; {expected}")
    for begin, look in _LOOKS:
        if data.lstrip().startswith(begin) or data.startswith(begin):
            raise SentFileError(f"This is {look}; {expected}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place(data, error.start)
        raise SentFileError(f"{place} is 0x{data[error.start]:02x}, which is not UTF-8; {expected}") from error
    if "\0" in text:
        raise SentFileError(f"{_place(data, data.index(0))} is zero, as no text has; {expected}")
    return _plain(text, expected)


def _place(data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"Byte {at + 1}, in line {line},"


def _plain(text: str, expected: str) -> str:
    """Return a text that a reader of TOML is done with in a moment."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            found = f"Line {number} has {len(line)} characters and {_LONGEST_LINE} are the most"
            raise SentFileError(f"{found}; {expected}")
    if long := _LONG_KEY.search(text):
        number = text.count("\n", 0, long.start()) + 1
        raise SentFileError(f"Line {number} has a key of more than {_MOST_PARTS} parts; {expected}")
    return text
