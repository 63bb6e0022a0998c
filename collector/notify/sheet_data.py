"""The morning sheet as JSON for machines: the schema seepline.morning, version 1 (docs/telling-people.md)."""

import json
from dataclasses import asdict
from typing import Any

from collector.notify import sheet, words
from collector.notify.measured import name_of
from collector.notify.sender import Letter
from collector.notify.sheet import Facts
from collector.notify.text_data import utc
from seepline.alarm.standing import Standing, shown
from seepline.notices.contacts import Contacts

SCHEMA, VERSION = "seepline.morning", 1


def letter(facts: Facts, contacts: Contacts, language: str) -> Letter:
    """Return the sheet as JSON."""
    mail = sheet.letter(facts, contacts, language)
    said = document(facts, contacts) | {"language": language, "title": mail.subject, "text": mail.body}
    return Letter(mail.subject, json.dumps(said, ensure_ascii=False, allow_nan=False))


def document(facts: Facts, contacts: Contacts) -> dict[str, Any]:
    """Return what a machine is told in the morning: words for levels, times as numbers and as text."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "site_id": facts.site_id,
        "site_name": facts.site_name,
        "time_ms": facts.time_ms,
        "time": utc(facts.time_ms),
        "local_time": words.local(facts.time_ms, facts.timezone).isoformat(),
        "timezone": facts.timezone,
        "level": facts.level.name.lower(),
        "valid": facts.valid,
        "total": facts.total,
        "coverage_too_low": facts.grey,
        "alarms": [_alarm(name, one) for name, one in facts.standing],
        "changes": [asdict(one) | {"level": one.level.name.lower()} for one in facts.changes],
        "silent": [{"logger": name, "last_ms": last_ms} for name, last_ms in facts.silent],
        "without_reading": list(facts.invalid),
        "overdue": list(facts.overdue),
        "overdue_actions": [
            {"action": what, "role": role, "due_ms": due_ms} for what, role, due_ms in facts.actions
        ],
        "duty": [_duty(one.rota, one.persons, one.gap, contacts) for one in facts.duty],
        "reached_nobody": facts.not_told,
    }


def _alarm(name: str, alarm: Standing) -> dict[str, Any]:
    point, quantity, direction = name.split("/")
    where = {"point": point, "quantity": quantity, "direction": direction}
    return where | {"level": alarm.level.name.lower(), "state": shown(alarm).value, "since_ms": alarm.since_ms}


def _duty(rota: str, persons: tuple[str, ...], gap: bool, contacts: Contacts) -> dict[str, Any]:
    named = [{"person": one, "name": name_of(contacts, one)} for one in persons]
    return {"rota": rota, "persons": named, "nobody_planned": gap}
