"""SDI-12 without a line: timing as numbers, commands, and what an answer says. Bytes in, integers out, no float.

Source: SDI-12 v1.3 (28 January 2016), section 4 (commands; CRC in 4.4.12) and section 7 (timing). The nine CRC
strings that the specification prints are in the tests. From memory and on the bench list: the pause between
retries and their number per break (section 7.2; that retries are mandatory was read).

    a!           a<CR><LF>              aM! aMC! aM1!..   atttn    then a service request a<CR><LF>, then aD0!..
    aI!          allccccccccmmmmmmvvv   aC! aCC! aC1!..   atttnn   no service request; others may talk meanwhile
    aAb!         b<CR><LF>              aD0!..aD9!        a<values>[CRC]<CR><LF>
"""

from firmware.drivers.driver import BAD_CRC, FOREIGN, MALFORMED, SENTINEL, NoReadingError

BAUD = 1200  # 7 data bits, even parity, 1 stop bit, line inverted
CHARACTER_US = 8333
BREAK_MS = 13  # spacing of at least 12 ms; below 6.5 ms no sensor may take it for a break
MARK_MS = 9  # marking of at least 8.33 ms after the break
FIRST_MS = 24  # the start bit comes within 15 ms (+0.4), the character takes 8.33 ms
GAP_MS = 11  # at most 1.66 ms between characters, and the next one
AWAKE_MS = 87  # after so much marking the sensor may sleep again: a new break
RETRY_MS = 17  # from memory: 16.67 ms at least after a command that was not answered
TRIES_PER_BREAK = 3
BREAKS = 3
SERVICE_SLACK_MS = 100

# Numbers that makers send for "no reading" (Campbell, EnviroDIY). They are never values.
SENTINELS = (-9999999, -555555, -9999)

_CRLF = b"\r\n"
_CRC_BYTES = 3
_LONGEST_NUMBER = 9  # sign, at most seven digits, decimal point


def crc(data: bytes) -> int:
    """Return the CRC of an answer's bytes from the address on: that of Modbus, but started at 0.

    >>> crc_text(b"0+3.14"), crc_text(b"0+2.718")
    (b'OqZ', b'Gbc')
    """
    word = 0
    for byte in data:
        word ^= byte
        for _ in range(8):
            word = (word >> 1) ^ 0xA001 if word & 1 else word >> 1
    return word


def crc_text(data: bytes) -> bytes:
    """Return the three printable characters that carry the CRC."""
    word = crc(data)
    return bytes([0x40 | word >> 12, 0x40 | (word >> 6) & 0x3F, 0x40 | word & 0x3F])


def break_needed(address: str, last_address: str, quiet_ms: int) -> bool:
    """Tell whether a break must come first: another sensor, or a line that was marking for long.

    >>> break_needed("1", "1", 50), break_needed("1", "1", 87), break_needed("1", "2", 0)
    (False, True, True)
    """
    return address != last_address or quiet_ms >= AWAKE_MS


def command(address: str, body: str) -> bytes:
    """Return a command.

    >>> command("3", "MC")
    b'3MC!'
    """
    if len(address) != 1 or not (address == "?" or _is_address(ord(address))):
        raise ValueError("an SDI-12 address is one of 0-9, a-z, A-Z, not '%s'" % address)
    return (address + body + "!").encode()


def content(answer: bytes, address: str, with_crc: bool = False) -> str:
    r"""Return what stands between address and end (or CRC) of an answer.

    Raises
    ------
    NoReadingError
        MALFORMED without CR LF or with bytes that are not printable, FOREIGN from another address, BAD_CRC.

    >>> content(b"0+3.14OqZ\r\n", "0", True)
    '+3.14'
    """
    body = answer[:-2]
    if answer[-2:] != _CRLF or not body or not all([0x20 <= byte <= 0x7E for byte in body]):
        raise NoReadingError(MALFORMED)
    if with_crc:
        body, received = body[:-_CRC_BYTES], body[-_CRC_BYTES:]
        if not body or crc_text(body) != received:
            raise NoReadingError(BAD_CRC)
    text = body.decode()
    if address not in ("?", text[0]):
        raise NoReadingError(FOREIGN)
    return text[1:]


def timing(text: str) -> tuple:
    """Return (seconds until ready, number of values) of an answer to aM! (tttn) or aC! (tttnn).

    >>> timing("0215"), timing("00212")
    ((21, 5), (2, 12))
    """
    if len(text) not in (4, 5) or not text.isdigit():
        raise NoReadingError(MALFORMED)
    return int(text[:3]), int(text[3:])


def values(text: str) -> list:
    """Return the numbers of an answer to aD0!, as text with their signs.

    >>> values("+1.23-45+0.6")
    ['+1.23', '-45', '+0.6']
    """
    found = []
    for letter in text:
        if letter in "+-":
            found.append(letter)
        elif found:
            found[-1] += letter
        else:
            raise NoReadingError(MALFORMED)
    if not all([_is_number(number) for number in found]):
        raise NoReadingError(MALFORMED)
    return found


def scaled(number: str, scale: int) -> int:
    """Return a number times `scale`, rounded half away from zero, without any float.

    >>> scaled("+3.14", 1000), scaled("-0.00045", 1000), scaled("-0.0005", 1000), scaled("+7", 10000)
    (3140, 0, -1, 70000)
    """
    whole, _, part = number[1:].partition(".")
    numerator, denominator = int((whole or "0") + part), 10 ** len(part)
    if numerator % denominator == 0 and (numerator // denominator) * _sign(number) in SENTINELS:
        raise NoReadingError(SENTINEL)
    return _sign(number) * ((2 * numerator * scale + denominator) // (2 * denominator))


def _sign(number: str) -> int:
    return -1 if number[0] == "-" else 1


def _is_number(number: str) -> bool:
    digits = number[1:].replace(".", "", 1)
    return digits.isdigit() and len(number) <= _LONGEST_NUMBER


def _is_address(byte: int) -> bool:
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A
