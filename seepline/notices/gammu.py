"""What gammu is told to send a text message, and what its answer means. Pure: each room runs it at its own door.

Source: gammu(1), `sendsms TEXT`. Without -unicode it sends the GSM alphabet with "?" for what is not in it, and
without -autolen or -len it sends the first part only.
"""

from seepline.notices import sms

PROGRAM = "gammu"
PATIENCE_S = 90.0  # a modem that looks for its network takes a minute


def command(settings: str, to: str, text: str) -> tuple[str, ...]:
    """Return the argument list that sends one message; `settings` is gammu's own file.

    >>> command("gammurc", "+992900000007", "КРАСНЫЙ")[-4:]
    ('КРАСНЫЙ', '-autolen', '7', '-unicode')
    """
    what = ("-textutf8", text, "-autolen", str(len(text.encode("utf-16-le")) // 2))
    alphabet = () if sms.is_gsm(text) else ("-unicode",)
    return (PROGRAM, "-c", settings, "sendsms", "TEXT", to, *what, *alphabet)


def last_line(said: bytes) -> str:
    r"""Return the last thing that gammu said.

    >>> last_line(b"Warning: no phone\nError opening device, it doesn't exist.\n")
    "Error opening device, it doesn't exist."
    """
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "gammu said nothing"
