"""What can be wired to the logger and what cannot; each rule names the row and what would be right.

What a line, a wire's cable and a probe's supply may be is reckoned by seepline/reckoning, as it is for SITE.toml.
Only what is this board's own stands here: its inputs, its supplies, and 38,400 baud for its slow driver (MAX3471).
"""

from collections.abc import Iterator
from typing import Any

from hardware.table import Row, Rows, Rule, no_twins
from seepline.reckoning import rs485, wiring
from seepline.site_rules.draft import Problem, one_of

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400)
BUS_KINDS = ("rs485_trunk", "second_line")
# What seepline/reckoning/rs485.py calls the figures of a line, and what a [[bus]] calls them.
BUS_KEYS = {
    "nodes": "unit_loads", "trunk_m": "length_m", "stub_m": "longest_stub_m", "terminators": "terminated",
    "ohm_per_km": "length_m",
}  # fmt: skip
BIAS_V, BIAS_OHM = 5.0, 560.0  # at the gateway; the board's receiver needs none (true fail-safe)


def _by_id(rows: Rows, table: str) -> dict[str, Any]:
    return {row.entry.id: row.entry for row in rows[table]}


def names_stand_once(rows: Rows) -> Iterator[Problem]:
    """Refuse a second row of one id, and a second channel at one input."""
    for table in ("sensor", "cable", "channel", "bus"):
        yield from no_twins(rows, table, "id")
    yield from no_twins(rows, "channel", "input")


def names_are_known(rows: Rows) -> Iterator[Problem]:
    """Refuse names of nothing."""
    for table, key, target in (
        ("channel", "input", "input"),
        ("channel", "sensor", "sensor"),
        ("channel", "cable", "cable"),
        ("bus", "input", "input"),
    ):
        known = sorted(_by_id(rows, target))
        for path, entry in rows[table]:
            if getattr(entry, key) not in known:
                yield Problem(f"{path}.{key}", repr(getattr(entry, key)), one_of(known, getattr(entry, key)))


def _wired(rows: Rows) -> Iterator[tuple[Row, Any, Any, Any]]:
    """Yield (channel's row, input, sensor, cable) of the channels whose names are known."""
    inputs, sensors, cables = (_by_id(rows, table) for table in ("input", "sensor", "cable"))
    for row in rows["channel"]:
        found = inputs.get(row.entry.input), sensors.get(row.entry.sensor), cables.get(row.entry.cable)
        if None not in found:
            yield row, *found


def inputs_fit_their_sensors(rows: Rows) -> Iterator[Problem]:
    """Refuse a sensor at an input of another kind."""
    for row, one, sensor, _ in _wired(rows):
        if one.kind != sensor.kind:
            free = _free(rows, sensor.kind)
            right = f"an input for {sensor.kind}: {', '.join(free) if free else 'none is free'}"
            yield Problem(f"{row.path}.input", f"{one.id}, for {one.kind}", right)


def _free(rows: Rows, kind: str) -> list[str]:
    taken = {row.entry.input for row in rows["channel"]}
    return [row.entry.id for row in rows["input"] if row.entry.kind == kind and row.entry.id not in taken]


def cables_have_their_wires(rows: Rows) -> Iterator[Problem]:
    """Refuse a cable with too few wires, or without the shield that is named SHD."""
    for row, _, sensor, cable in _wired(rows):
        ways = [way for way in sensor.ways if way != "SHD"]
        if len(ways) > len(cable.wires):
            yield Problem(
                f"{row.path}.cable", f"{cable.id}, {len(cable.wires)} wires", f"{len(ways)} wires or more"
            )
        if "SHD" in sensor.ways and not cable.shield:
            yield Problem(f"{row.path}.cable", f"{cable.id}, without a shield", "a cable with a shield")


def cables_are_not_too_long(rows: Rows) -> Iterator[Problem]:
    """Refuse a cable that is longer than its sensor, or a wire's excitation, allows."""
    for row, _, sensor, _ in _wired(rows):
        most_m = wiring.LONGEST_WIRE_M if sensor.kind == "vibrating_wire" else rs485.LONGEST_M
        longest = min(most_m, most_m if sensor.longest_m is None else sensor.longest_m)
        if not 0 < row.entry.cable_m <= longest:
            right = f"more than 0 and at most {longest:g} m, the longest for {sensor.id}"
            yield Problem(f"{row.path}.cable_m", f"{row.entry.cable_m:g}", right)


def sensors_get_their_supply(rows: Rows) -> Iterator[Problem]:
    """Refuse what the sensor's terminals get: the battery less board, shunt and cable at the greatest current."""
    supplies, battery_v = _by_id(rows, "supply"), _battery_v(rows)
    for row, one, sensor, cable in _wired(rows):
        if not sensor.supply_v or battery_v is None:
            continue
        if one.supply not in supplies:
            found = f"{sensor.id}, which needs a supply"
            yield Problem(f"{row.path}.sensor", found, f"an input with one, which {one.id} is not")
        else:
            supply, shunt_ohm = supplies[one.supply], one.option.get("shunt_mohm", 0) / 1000
            least_v = wiring.sensor_v(
                battery_v[0] - supply.drop_v, shunt_ohm, row.entry.cable_m, cable.ohm_per_km, sensor.current_ma
            )
            yield from _supply_problems(row.path, sensor, supply, battery_v, least_v)


def _battery_v(rows: Rows) -> tuple[float, ...] | None:
    ranges = [row.entry.battery_v for row in rows["logger"] if len(row.entry.battery_v) == 2]
    return ranges[0] if ranges else None


def _supply_problems(
    path: str, sensor: Any, supply: Any, battery_v: tuple[float, ...], least_v: float
) -> Iterator[Problem]:
    lowest, highest = sensor.supply_v
    if least_v < lowest:
        lost_v = battery_v[0] - least_v
        found = f"{sensor.id}, which gets {least_v:.1f} V ({battery_v[0]:g} V less {lost_v:.1f} V)"
        yield Problem(f"{path}.sensor", found, f"{lowest:g} V or more: a shorter or thicker cable, another sensor")
    if battery_v[1] > highest:
        yield Problem(f"{path}.sensor", f"{sensor.id}, at {battery_v[1]:g} V", f"at most {highest:g} V")
    if sensor.current_ma > supply.most_ma:
        found = f"{supply.id} for {sensor.id}, {sensor.current_ma:g} mA"
        yield Problem(f"{path}.input", found, f"at most {supply.most_ma:g} mA from {supply.id}")


def supplies_are_not_shared_beyond_their_current(rows: Rows) -> Iterator[Problem]:
    """Refuse sensors at one supply that together take more than it gives."""
    supplies = _by_id(rows, "supply")
    taken: dict[str, float] = {}
    for row, one, sensor, _ in _wired(rows):
        if one.supply in supplies and sensor.supply_v:
            before = taken.get(one.supply, 0.0)
            taken[one.supply] = before + sensor.current_ma
            most_ma = supplies[one.supply].most_ma
            if before and taken[one.supply] > most_ma:
                found = f"{one.supply} for {sensor.id}, with the others {taken[one.supply]:g} mA"
                yield Problem(f"{row.path}.input", found, f"at most {most_ma:g} mA from {one.supply} together")


def the_battery_suits_the_board(rows: Rows) -> Iterator[Problem]:
    """Refuse a battery outside the board's range."""
    for path, logger in rows["logger"]:
        if len(logger.battery_v) != 2 or logger.battery_v[0] > logger.battery_v[1]:
            yield Problem(f"{path}.battery_v", str(list(logger.battery_v)), "[lowest, highest]")
            continue
        for _, carrier in rows["carrier"]:
            if logger.battery_v[0] < carrier.supply_v[0] or logger.battery_v[1] > carrier.supply_v[1]:
                right = f"within {carrier.supply_v[0]:g} to {carrier.supply_v[1]:g} V, what the carrier takes"
                yield Problem(f"{path}.battery_v", str(list(logger.battery_v)), right)


def buses_bear_their_load(rows: Rows) -> Iterator[Problem]:
    """Refuse a line beyond its loads, length, rate, stubs or copper, and a rate beyond this board's driver."""
    for path, bus in rows["bus"]:
        if bus.baud not in BAUDS:
            yield Problem(
                f"{path}.baud", str(bus.baud), f"one of {', '.join(map(str, BAUDS))}: this board's driver"
            )
        if bus.length_m <= 0:
            yield Problem(f"{path}.length_m", f"{bus.length_m:g}", "more than 0 m")
        if bus.longest_stub_m < 0:
            yield Problem(f"{path}.longest_stub_m", f"{bus.longest_stub_m:g}", "0 m or more")
        for wrong in rs485.broken(_line(rows, bus)):
            yield Problem(f"{path}.{BUS_KEYS.get(wrong.figure, wrong.figure)}", wrong.found, wrong.expected)


def _line(rows: Rows, bus: Any) -> rs485.Line:
    """Return a row as the calculator knows lines: what all devices load it with, spread evenly over them."""
    nodes = len(bus.unit_loads)
    copper = [cable.ohm_per_km for _, one, _, cable in _wired(rows) if one.id == bus.input]
    ends = 2 if bus.terminated else 0
    share = sum(bus.unit_loads) / max(nodes, 1)
    length_m, stub_m, ohm_per_km = bus.length_m, bus.longest_stub_m, max(copper, default=0.0)
    return rs485.Line(bus.baud, nodes, share, length_m, stub_m, ends, BIAS_V, BIAS_OHM, ohm_per_km, True)


def buses_are_at_a_line(rows: Rows) -> Iterator[Problem]:
    """Refuse a bus at no line, and a wired line without its row."""
    inputs = _by_id(rows, "input")
    for path, bus in rows["bus"]:
        if bus.input in inputs and inputs[bus.input].kind not in BUS_KINDS:
            yield Problem(f"{path}.input", bus.input, f"an input for {' or '.join(BUS_KINDS)}")
    described = {bus.input for _, bus in rows["bus"]}
    for row, one, _, _ in _wired(rows):
        if one.kind in BUS_KINDS and one.id not in described:
            yield Problem(f"{row.path}.input", one.id, f'a [[bus]] with input = "{one.id}"')


def there_is_one_logger(rows: Rows) -> Iterator[Problem]:
    """Refuse a file of none or several."""
    if len(rows["logger"]) != 1:
        yield Problem("logger", f"{len(rows['logger'])} of them", "one table [logger]")


RULES: tuple[Rule, ...] = (
    there_is_one_logger,
    names_stand_once,
    names_are_known,
    inputs_fit_their_sensors,
    cables_have_their_wires,
    cables_are_not_too_long,
    sensors_get_their_supply,
    supplies_are_not_shared_beyond_their_current,
    the_battery_suits_the_board,
    buses_bear_their_load,
    buses_are_at_a_line,
)
