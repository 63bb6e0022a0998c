"""Writes docs/api.md from the API's table (collector/openapi/)."""

from collections.abc import Callable

from collector.events import KINDS
from collector.openapi.document import OPERATIONS, answers_of, parameters_of, who_may
from collector.openapi.row import Operation
from collector.people.readers import PURPOSES

Table = Callable[[tuple[str, ...], list[tuple[object, ...]]], str]
_TAGS = {"site": "The site", "people": "People and decisions", "gateways": "Gateways"}
_RULES = """\
`GET /api/v1/openapi.json` is the same for programs (OpenAPI 3.1). A test holds both equal to the routes of the
collector. Times are UTC milliseconds since 1970, values are in the quantity's unit ([quantities](quantities.md)).
What cannot be used is answered by 400 and one sentence that says what was expected: `{"code", "message"}`.

**Who may.** Every read needs a signed-in person or a program's token, `Authorization: Bearer T`; only while nobody
has an account is it open, and to this machine alone ([people](people.md)). A token has one purpose:

"""
_HOW = """\
**Pieces.** A long list is answered in pieces: `?after=NUMBER&limit=N`, 1000 rows at most. `Link: <?after=..>;
rel="next"` says that there is more, and where.

    curl -s -D- 'http://127.0.0.1:8000/api/v1/events?kind=level&limit=100'

**Only what is new.** Answers marked *ETag* have a weak ETag of their content. Who sends it back as `If-None-Match`
gets 304 and no body while it is the same; in a state and a list of facilities the time of asking does not count.

    curl -s -H 'If-None-Match: W/"..."' http://127.0.0.1:8000/api/v1/state

"""


def api(table: Table) -> str:
    """Return the page without its first lines."""
    purposes = [(f"`{name}`", meaning) for name, meaning in PURPOSES.items()]
    text = _RULES + table(("purpose", "reads"), purposes) + _HOW
    for tag, title in _TAGS.items():
        rows = [one for one in OPERATIONS if one.tag == tag]
        text += f"## {title}\n\n" + table(("what", "tells", "who may"), [_line(one) for one in rows])
        text += "".join(_details(one, table) for one in rows if parameters_of(one) or len(answers_of(one)) > 1)
    kinds = [(f"`{name}`", meaning) for name, meaning in KINDS.items()]
    return text + "## Kinds of events\n\n" + table(("kind", "meaning"), kinds)


def _name(one: Operation) -> str:
    return f"{one.method.upper()} {one.path}"


def _line(one: Operation) -> tuple[object, ...]:
    marks = (" *ETag*" if one.known else "") + (" *pieces*" if one.pieces else "")
    return f"`{_name(one)}`{marks}", one.summary, who_may(one)


def _details(one: Operation, table: Table) -> str:
    shown = [each for each in parameters_of(one) if each.where != "path"]
    asked = [(f"`{each.name}`", "yes" if each.required else "", each.meaning) for each in shown]
    answers = [(status, each.meaning) for status, each in answers_of(one).items()]
    text = f"### {_name(one)}\n\n"
    if asked:
        text += table(("parameter", "must be there", "meaning"), asked)
    return text + table(("answer", "meaning"), answers)
