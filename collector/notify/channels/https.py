"""One POST of a channel: what comes back is a receipt, or why the message was not taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from collector.notify.channels.places import EXPECTED_URL, host_of, is_allowed, trust
from collector.notify.channels.secret_files import hidden
from collector.notify.sender import NotTaken
from collector.outward import NoAnswerError, Request, ask

_MOST_ANSWER_BYTES = 64 * 1024
_LATER = (401, 403, 407, 408, 425, 429)  # a person mends the secret, or the server asks to wait


class Post(NamedTuple):
    """What goes where; `secrets` are never told again, whoever says them."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    ca_file: str
    patience_s: float
    secrets: tuple[str, ...] = ()


async def post(folder: Path, what: Post) -> str:
    """Send one POST; return the body of its 2xx answer, which is the receipt.

    Raises
    ------
    NotTaken
        Again, unless the address or this message is refused for good (3xx, 400, 404 and the like).
    """
    if not is_allowed(what.url):
        raise NotTaken(f"the address is not {EXPECTED_URL}", again=False)
    host, context = host_of(what.url), trust(folder, what.ca_file)
    request = Request("POST", what.url, what.headers, what.patience_s, _MOST_ANSWER_BYTES, what.body)
    try:
        answer = await ask(request, context)
    except NoAnswerError as error:
        between = " " if isinstance(error.__cause__, TimeoutError) else ": "
        raise NotTaken(f"{host}{between}{error}", again=True) from error
    status, said = answer.status, answer.body.decode("utf-8", "replace")
    if 200 <= status < 300:
        return said
    raise _refusal(host, status, hidden(said, what.secrets))


def _refusal(host: str, status: int, said: str) -> NotTaken:
    more = f": {said}" if said else ""
    if 300 <= status < 400:
        return NotTaken(f"{host} answers {status}, which is not followed: mend the address", again=False)
    if status in (401, 403, 407):
        return NotTaken(f"{host} answers {status}: look at the secret of this channel{more}", again=True)
    return NotTaken(f"{host} answers {status}{more}", again=status in _LATER or status >= 500)
