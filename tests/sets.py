"""Sets of limits made for a test: SET.toml of the dam, whole, and what of it is another."""

import json

from seepline.sets.set_file import parse_set
from seepline.signing_key import new
from tests.acts import Persons

LEVELS = ("yellow", "orange", "red")
RULE = {
    "point": "P1",
    "quantity": "pore_pressure",
    "direction": "above",
    "yellow": 40.0,
    "orange": 60.0,
    "red": 80.0,
    "deadband": 1.0,
    "delay_count": 2,
    "failure_mode": "slope instability",
}


def _value(value) -> str:
    return json.dumps(value)


def _table(name: str, entry: dict) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in entry.items())


def actions_of(rule: dict, **more) -> list[dict]:
    about = {key: rule[key] for key in ("point", "quantity", "direction")}
    name = "-".join(about.values())
    plan = {"what": "Walk the toe and read P1", "role": "operator", "within_s": 3600, "page": "OMS 7.2"}
    return [
        about | {"id": f"{name}-{level}", "level": level} | plan | {"notify": ["engineer_of_record"]} | more
        for level in LEVELS
    ]


def set_text(
    set_id: str = "2026-1",
    follows: str = "",
    rules: tuple[dict, ...] = (RULE,),
    *,
    valid_from: str = "2016-01-01T00:00:00Z",
    critical: tuple[str, ...] = ("P1",),
    recipients: tuple[dict, ...] = tuple({"level": level, "role": "operator"} for level in LEVELS),
    actions: list[dict] | None = None,
    more: str = "",
    **head,
) -> str:
    about = {
        "id": set_id,
        "site": "dam",
        "follows": follows,
        "reason": "design report 7",
        "geometry": "crest 1462 m",
    }
    about |= {"geometry_date": "2016-01-01", "critical": list(critical)} | head
    text = "[set]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in about.items())
    text += f"valid_from = {valid_from}\n[document]\n"
    text += 'title = "Decision"\nnumber = "12"\ndate = "2015-12-20"\n'
    text += f'sha256 = "{"0" * 64}"\n'
    tables = [("threshold", one) for one in rules] + [("recipient", one) for one in recipients]
    plan = [one for rule in rules for one in actions_of(rule)] if actions is None else actions
    tables += [("action", one) for one in plan]
    return text + "".join(_table(*one) for one in tables) + more


def limit_set(*about, **more):
    return parse_set(set_text(*about, **more))


# Four people and two states: who proposes, who is of record, and an authority on each side of the river.
PEOPLE = {
    "ravshan": ("responsible_engineer", "the mine", ""),
    "eva": ("engineer_of_record", "Dam Engineers", ""),
    "anna": ("authority", "Inspectorate", "UZ"),
    "askar": ("authority", "Committee", "KZ"),
}
JOINT = '[[rule]]\nsets = "*"\nroles = ["engineer_of_record", "authority"]\nstates = ["UZ", "KZ"]\n'


def people() -> Persons:
    return Persons(keys={name: new() for name in PEOPLE})


def joint_policy(persons: Persons, more: str = JOINT, service: str = "") -> str:
    text = f'site = "dam"\n[service]\npublic_key = "{service or persons.service.public.hex()}"\n'
    for name, (role, organisation, state) in PEOPLE.items():
        text += f'[[person]]\nid = "{name}"\nname = "{name.title()}"\nrole = "{role}"\n'
        text += f'public_key = "{persons.keys[name].public.hex()}"\nvalid_from = 2015-01-01T00:00:00Z\n'
        text += f'organisation = "{organisation}"\nstate = "{state}"\n'
    return text + more
