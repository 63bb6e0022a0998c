"""The API's table as an OpenAPI 3.1 document."""

import re
from collections import defaultdict
from typing import Any

from collector.asked import MOST_ROWS, MOST_WHOLE
from collector.openapi import gateways, people, readings
from collector.openapi.row import REFUSAL, REFUSALS, WORD, Content, Operation, Parameter
from collector.people.paths import READS, WRITES, Rule, Who
from seepline.acts.roles import ROLES

OPERATIONS = (*readings.ROWS, *people.ROWS, *gateways.ROWS)
_SCHEMES = {
    "gateway": {
        "type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token T` of a gateway",
    },
    "program": {"type": "http", "scheme": "bearer", "description": "a program's token of one purpose"},
    "session": {"type": "apiKey", "in": "cookie", "name": "seepline_session", "description": "a signed-in person"},
}  # fmt: skip
_PIECE = (
    Parameter("after", {"type": "integer", "minimum": 0, "maximum": MOST_WHOLE}, "what comes behind this number"),
    Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_WHOLE}, f"{MOST_ROWS} rows at most"),
)
_KNOWN = Parameter("If-None-Match", WORD, "the ETag of the answer before", where="header")


def rule_of(one: Operation) -> Rule:
    """Return who may ask: the row of the gate."""
    return (READS if one.method == "get" else WRITES)[one.path]


def who_may(one: Operation) -> str:
    """Return it as a sentence."""
    rule = rule_of(one)
    if rule.who is not Who.READER:
        return str(rule.who.value)
    roles = "" if rule.roles == ROLES else f"; roles: {', '.join(sorted(rule.roles))}"
    return f"a signed-in person, or a token for {', '.join(sorted(rule.purposes))}{roles}"


def parameters_of(one: Operation) -> tuple[Parameter, ...]:
    """Return all parameters, those of the path first."""
    of_path = (Parameter(name, WORD, "", True, "path") for name in re.findall(r"{(\w+)}", one.path))
    return (*of_path, *one.parameters, *(_PIECE if one.pieces else ()), *((_KNOWN,) if one.known else ()))


def answers_of(one: Operation) -> dict[int, Content]:
    """Return every answer by its status."""
    gated = () if rule_of(one).who in (Who.ANYBODY, Who.OWN_PROOF) else (401, 403, 503)
    found = {status: Content(REFUSALS[status], REFUSAL) for status in {*one.refused, *gated}}
    known = {304: Content("you have it already")} if one.known else {}
    return dict(sorted({**found, **one.answers, **known, **(one.refusals or {})}.items()))


def document() -> dict[str, Any]:
    """Return the whole document."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in OPERATIONS:
        paths[one.path][one.method] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Seepline collector", "version": "1", "description": "Times are UTC milliseconds."},
        "paths": dict(paths),
        "components": {"securitySchemes": _SCHEMES},
    }


def _operation(one: Operation) -> dict[str, Any]:
    body = {} if one.body is None else {"requestBody": {"required": True, **_content(one.body)}}
    return {
        "tags": [one.tag],
        "summary": one.summary,
        "description": f"Who may: {who_may(one)}.",
        "security": _security(one),
        "parameters": [_parameter(each) for each in parameters_of(one)],
        **body,
        "responses": {str(status): _answer(one, status, each) for status, each in answers_of(one).items()},
    }


def _security(one: Operation) -> list[dict[str, list[str]]]:
    who = rule_of(one).who
    if who is Who.READER:
        return [{"program": []}, {"session": []}]
    return [{"gateway": []}] if who is Who.OWN_PROOF and one.tag == "gateways" else []


def _parameter(one: Parameter) -> dict[str, Any]:
    about = {"name": one.name, "in": one.where, "required": one.required, "schema": one.schema}
    return {**about, "description": one.meaning} if one.meaning else about


def _answer(one: Operation, status: int, answer: Content) -> dict[str, Any]:
    headers = {"Link": {"schema": WORD, "description": 'rel="next": the next piece'}} if one.pieces else {}
    if one.known:
        headers["ETag"] = {"schema": WORD, "description": "for If-None-Match"}
    about: dict[str, Any] = {"description": answer.meaning, **_content(answer)}
    return {**about, "headers": headers} if headers and status in (200, 304) else about


def _content(one: Content) -> dict[str, Any]:
    if one.schema is None:
        return {}
    example = {} if one.example is None else {"example": one.example}
    return {"content": {one.media: {"schema": one.schema, **example}}}
