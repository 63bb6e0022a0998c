"""Limits that several persons decided, in the signed bundle: the contact and the plant judge by them, too."""

from pathlib import Path

from pymodbus.client import AsyncModbusTcpClient

from gateway.bundle.cache import Cache
from gateway.modbus_tcp.server import Door
from seepline.acts.check import checked
from seepline.acts.document import Act, accepted_text, act_text
from seepline.bundle.document import Bundle, BundledAct, Decided
from seepline.sets.set_file import parse_set
from tests.bundles import Keys
from tests.collector.chain import CALM, SCAN_MS, T0_MS, Chain
from tests.collector.conftest import Rows
from tests.gateway.local_alarm.conftest import TWO_COUNT, World
from tests.gateway.scada.conftest import until
from tests.sets import RULE, set_text

HIGH = 2800.0  # Hz: 66 kPa; red of the decided set, orange of SITE.toml's
BEGIN_MS = T0_MS + 3 * SCAN_MS
TEXT = set_text(
    "joint-1",
    rules=(
        RULE | {"yellow": 20.0, "orange": 40.0, "red": 55.0, "delay_count": 1},
        RULE | {"direction": "below", "yellow": -20.0, "orange": -30.0, "red": -40.0},
    ),
    valid_from="2016-01-01T08:45:00Z",
)
LEVEL = 65  # of all points, and at 69 whose limits judge: 2 is a signed bundle


def decided(world: World) -> list[Act]:
    """Proposed by one, approved by another; it begins three scans from now."""
    approved = {"set": "joint-1", "digest": parse_set(TEXT).digest}
    return [
        world.persons.act("responsible_engineer", "set_submit", {"toml": TEXT}, T0_MS),
        world.persons.act("authority", "set_approve", approved, T0_MS),
    ]


def accept(world: World, acts: list[Act]) -> None:
    keys = Keys(service=world.persons.service, persons=world.persons.keys)
    plain = keys.plain(1, TWO_COUNT, persons=("authority",))
    about = {
        name: getattr(plain, name) for name in ("number", "made_at", "site_id", "site", "policy", "approvals")
    }
    told = tuple(BundledAct(act=act_text(one), arrived_ms=T0_MS) for one in acts)
    bundle = Bundle(**about, acts=told, decided=(Decided(set="joint-1", effective_ms=BEGIN_MS),))
    Cache(world.folder, world.persons.policy()).accept(keys.sealed(bundle))


def told_by_the_collector(world: World, folder: Path, acts: list[Act], scans: list[float]) -> list[str]:
    """Return the ids of the reds that a collector makes of the same acts and the same scans."""
    chain, rows = Chain(world.dam.site, folder), Rows()
    chain.journal.append_policy(world.persons.policy_text(), T0_MS)
    for act in acts:
        accepted = checked(act, world.persons.policy(), chain.site, T0_MS)
        chain.journal.append_act(accepted.id, accepted_text(accepted), T0_MS)
    for number, hertz in enumerate(scans, 1):
        chain.take(rows.barometer(number, seq=2 * number - 1), rows.piezometer(number, hertz, seq=2 * number))
    found = [one.id for one in chain.reader.events() if one.kind == "level" and one.level_to == 3]
    chain.close()
    return found


async def shown(plant: AsyncModbusTcpClient, expected: tuple[int, int]) -> bool:
    """Tell whether the registers show a level, and whose limits say so."""
    found = (await plant.read_holding_registers(LEVEL, count=5)).registers
    return (found[0], found[4]) == expected


async def test_the_contact_and_the_plant_judge_by_the_set_that_was_decided(world, tmp_path):
    acts = decided(world)
    accept(world, acts)
    scans = [CALM, HIGH, HIGH]
    for hertz in scans[:2]:
        world.scan(hertz)
    async with world.running(door=Door(listen="127.0.0.1:0")) as judgement:
        await until(lambda: world.held)  # 66 kPa is no red of the set before
        assert judgement.status()["local_alarm"]["rules_here"] == ["P1/pore_pressure/above"]
        world.scan(HIGH)
        await until(lambda: not world.held)
        await until(lambda: judgement.port)
        async with AsyncModbusTcpClient("127.0.0.1", port=judgement.port, timeout=30) as plant:
            await until(lambda: shown(plant, (4, 2)))
        both = ["P1/pore_pressure/above", "P1/pore_pressure/below"]
        await until(lambda: judgement.status()["local_alarm"]["rules_here"] == both)
        (alarm,) = judgement.status()["local_alarm"]["latched"].values()
    assert "limit 55 kPa" in alarm["text"]
    (tmp_path / "collector").mkdir()
    assert told_by_the_collector(world, tmp_path / "collector", acts, scans) == [alarm["event"]]
