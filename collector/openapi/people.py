"""What people do and are told: acts, sets of limits, photos, dossiers, messages, duty."""

from collector.notify.book_reader import Attempt
from collector.notify.message import Message
from collector.openapi.row import TEXT, WORD, Content, Operation, Parameter, found
from collector.openapi.shape import an_object, kind, list_of, or_null, shape
from collector.present import LimitsNow
from collector.store import StoredEvent
from seepline.notices.contacts import LoadLimits
from seepline.notices.load import Load
from seepline.sets.change import Change
from seepline.sets.register import Word

_HEX64 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ACT = {
    "type": "object",
    "description": "docs/acts.md: its kind, body, person and Ed25519 signature",
}
_FOLLOWED = shape(StoredEvent, said=WORD)
_NAMES = {"type": "object", "additionalProperties": WORD}
_SPAN = an_object(begin_ms=kind(int), end_ms=kind(int), person=WORD)
_SET = an_object(
    set=WORD, digest=WORD, follows=WORD, status=WORD, kind=WORD, reason=WORD, effective_ms=kind(int | None),
    withdrawn_for=WORD, overtaken_by=WORD, changes=list_of(shape(Change)), proposer=shape(Word),
    approvals=list_of(shape(Word)), objections=list_of(shape(Word)), missing=WORD,
)  # fmt: skip
_SETS = an_object(limits=shape(LimitsNow), sets=list_of(_SET), without_effect=_NAMES)
_LOAD = an_object(
    time_ms=kind(int), limits=or_null(shape(LoadLimits)), persons=list_of(shape(Load)),
    chattering=or_null(list_of(WORD)), stale=or_null(list_of(WORD)),
    priorities={"type": "object", "additionalProperties": kind(float)},
)  # fmt: skip
_DUTY = an_object(
    rota=WORD, timezone=WORD, persons=list_of(WORD), gap=kind(bool), overlap=kind(bool), planned=list_of(_SPAN),
    gaps=list_of(list_of(kind(int))), overlaps=list_of(list_of(_SPAN)),
)  # fmt: skip
_SENT = an_object(id=WORD, new=kind(bool))
_KEPT = an_object(line=kind(int), arrival_ms=kind(int), text={"type": "object"}, chain=WORD)
_PHOTO = an_object(sha256=_HEX64, new=kind(bool))

ROWS = (
    Operation(
        path="/api/v1/acts",
        method="post",
        tag="people",
        summary="One act, signed by a person's key",
        body=Content("the act", _ACT),
        answers={201: Content("it counts", _SENT), 200: Content("it was known already", _SENT)},
        refused=(400, 403, 408, 413, 415, 503),
    ),
    Operation(
        path="/api/v1/acts",
        tag="people",
        summary="Accepted acts and policies in their order, each with its link of the chain",
        answers=found(
            list_of(an_object(line=kind(int), arrival_ms=kind(int), text={"type": "object"}, chain=WORD))
        ),
        refused=(400,),
        pieces=True,
    ),
    Operation(
        path="/api/v1/acts/{act}",
        tag="people",
        summary="What followed from an act",
        answers=found(an_object(judged=kind(bool), events=list_of(_FOLLOWED))),
        refused=(404,),
    ),
    Operation(
        path="/api/v1/sets",
        tag="people",
        summary="Every set of limits: where it stands, what it changes, who said what, what is missing",
        answers=found(_SETS),
        known=True,
    ),
    Operation(
        path="/api/v1/sets/{set}",
        tag="people",
        summary="The text of a SET.toml, as signed",
        answers={200: Content("the text", WORD, TEXT)},
        refused=(404,),
    ),
    Operation(
        path="/api/v1/sets/draft",
        method="post",
        tag="people",
        summary="What a form would be as SET.toml, and all that is wrong with it; nothing is kept",
        body=Content("tables of SET.toml, with texts in the place of values", an_object(draft={"type": "object"})),
        answers=found({"type": "object", "required": ["toml", "understood", "problems"]}),
        refused=(400, 408, 413, 415),
    ),
    Operation(
        path="/api/v1/dossiers/{event}",
        tag="people",
        summary="The dossier of an event, without the text of the site file",
        parameters=(Parameter("days", {"type": "integer", "minimum": 1, "maximum": 400}, "before it; 7"),),
        answers=found({"type": "object", "required": ["format", "event", "entries", "acts"]}),
        refused=(400, 404),
    ),
    Operation(
        path="/api/v1/photos/{sha256}",
        method="put",
        tag="people",
        summary="A photo that an accepted act names",
        body=Content("a JPEG or PNG file", WORD, "image/jpeg"),
        answers={201: Content("kept", _PHOTO), 200: Content("kept already", _PHOTO)},
        refused=(400, 404, 408, 413, 503),
    ),
    Operation(
        path="/api/v1/photos/{sha256}",
        tag="people",
        summary="The photo",
        answers={200: Content("the file", WORD, "image/*")},
        refused=(400, 404),
    ),
    Operation(
        path="/api/v1/messages",
        tag="people",
        summary="Messages to people in the order in which they were made, without addresses",
        parameters=(Parameter("event", WORD, "of one event"),),
        answers=found(list_of(shape(Message, number=kind(int)))),
        refused=(400,),
        pieces=True,
    ),
    Operation(
        path="/api/v1/messages/{event}/attempts",
        tag="people",
        summary="The newest 1000 tries to send what an event says",
        answers=found(list_of(shape(Attempt))),
    ),
    Operation(
        path="/api/v1/duty",
        tag="people",
        summary="Who is on duty, the plan of 7 days, gaps and overlaps",
        answers=found(list_of(_DUTY)),
    ),
    Operation(
        path="/api/v1/alarm-load",
        tag="people",
        summary="Alarms per person, floods, chattering and stale ones, shares of levels",
        answers=found(_LOAD),
    ),
    Operation(
        path="/api/v1/openapi.json",
        tag="people",
        summary="This description, for programs",
        answers=found({"type": "object", "required": ["openapi", "info", "paths"]}),
        known=True,
    ),
)
