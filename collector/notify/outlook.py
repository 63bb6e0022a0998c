"""What the store and the files beside it say of who is to be told: the site as judged, people, alarms, actions."""

from dataclasses import dataclass
from pathlib import Path

from collector.acts.door import POLICY_NAME
from collector.notify.duty import STATE
from collector.store import StoreReader, read_states
from seepline.alarm.actions import Plan
from seepline.alarm.machine import UNSEEN
from seepline.alarm.standing import Standing, shown
from seepline.bundle.policy import Policy, PolicyError, read_policy
from seepline.notices.contacts import Contacts
from seepline.notices.rota import Swap
from seepline.notices.told_to import Holder, People
from seepline.sets.in_force import with_register
from seepline.site import Site, valid_at
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands at `now_ms`. `site` has the sets of limits that were decided; names as in the store."""

    site: Site
    now_ms: int
    people: People
    standings: dict[str, Standing]
    plans: dict[str, Plan]

    def stands_unseen(self, alarm: str) -> bool:
        """Tell whether an alarm stands at orange or red and nobody has acknowledged it."""
        found = self.standings.get(alarm)
        return found is not None and found.level >= Level.ORANGE and shown(found) in UNSEEN

    def standing(self) -> list[tuple[str, Standing]]:
        """Return the alarms that stand, the worst first."""
        found = [(name, one) for name, one in self.standings.items() if one.level]
        return sorted(found, key=lambda one: (-one[1].level, one[0]))


def outlook(site: Site, reader: StoreReader, data: Path, contacts: Contacts, now_ms: int) -> Outlook:
    """Read all of it; without a good policy nobody holds a role but the desks of notify.toml."""
    register = reader.register()
    decided = register.in_force(now_ms)
    people = People(
        contacts=contacts,
        holders=holders(policy_of(data), now_ms),
        swaps=swaps(reader),
        recipients=decided.limits.recipients if decided else (),
    )
    return Outlook(with_register(site, register), now_ms, people, reader.standings(), reader.plans())


def policy_of(data: Path) -> Policy | None:
    """Return the policy of a data directory, None without a good one (the door for acts says what is wrong)."""
    path = data / POLICY_NAME
    try:
        return read_policy(path) if path.exists() else None
    except PolicyError:
        return None


def holders(policy: Policy | None, now_ms: int) -> tuple[Holder, ...]:
    """Return who holds which role at a time."""
    if policy is None:
        return ()
    persons = (policy.person_at(one, now_ms) for one in policy.persons)
    return tuple(
        Holder(person=one.id, role=one.role, organisation=one.organisation)
        for one in persons
        if one is not None and valid_at(one.valid_from_ms, one.valid_to_ms, now_ms)
    )


def swaps(reader: StoreReader) -> tuple[Swap, ...]:
    """Return every swap of duty that was signed."""
    with reader.connected() as connection:
        return tuple(read_states(connection, STATE, Swap).values())


def steps(reader: StoreReader, name: str, number: int) -> int:
    """Return the step of an `escalated` event of the store: how many there were since the alarm was announced.

    What announces an alarm starts the count anew (seepline.alarm.standing.announced).
    """
    sql = (
        "SELECT kind, level_from, level_to FROM events WHERE point = ? AND quantity = ? AND direction = ?"
        " AND number <= ? AND kind IN ('escalated', 'level', 'late', 'realarm', 'unshelved', 'unsuppressed',"
        " 'in_service') ORDER BY number DESC"
    )
    count = 0
    with reader.connected() as connection:
        for kind, before, after in connection.execute(sql, (*name.split("/"), number)):
            if kind != "escalated" and (kind != "level" or (after or 0) > (before or 0)):
                break
            count += kind == "escalated"
    return count


def event_at(reader: StoreReader, number: int) -> str:
    """Return the id of the event with a number, '' when the store has none."""
    with reader.connected() as connection:
        row = connection.execute("SELECT id FROM events WHERE number = ?", (number,)).fetchone()
    return "" if row is None else str(row[0])
