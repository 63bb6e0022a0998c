"""A letter as a mail: headers that nothing can be smuggled into, plain text and HTML. Pure."""

import hashlib
import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from collector.notify.sender import Letter, NotTaken

EXPECTED = "one address such as eva@mine.example"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")


def address_of(text: str, name: str = "") -> Address:
    """Return one mail address; raises NotTaken for anything else, as two of them or a new line."""
    try:
        found = Address(" ".join(name.split()), addr_spec=text)
    except (ValueError, IndexError, MessageError):
        found = Address()
    if not found.username or not found.domain or found.addr_spec != text or not text.isascii():
        raise NotTaken(f"{text!r} is no mail address: expected {EXPECTED}", again=False)
    return found


def mail(sender: Address, to: Address, letter: Letter, message_id: str, at_s: int) -> EmailMessage:
    """Return the mail of a letter; the same `message_id` is the same mail to whoever reads it.

    RFC 3834: what is sent by no person says so, so that no robot answers it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = datetime.fromtimestamp(at_s, UTC)
    number = message_id if _GOOD_ID.fullmatch(message_id) else hashlib.sha256(message_id.encode()).hexdigest()
    message["Message-ID"] = f"<{number}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.body, cte="quoted-printable" if letter.body.isascii() else "base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    return message
