"""`seepline logger budget`: what each logger of a site takes from its battery, from the plan of its scans."""

import dataclasses
import importlib
import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from seepline.cli.logger import app, planning
from seepline.cli.logger.options import AsJson, logger_of, print_json, print_table
from seepline.cli.logger.planning import What
from seepline.cli.problems import BAD_INPUT, NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.logger_configuration import configuration
from seepline.power_budget import Battery, Board, Budget, Instrument, Plan, budget
from seepline.reckoning.of_channels import Accuracy
from seepline.site import Site
from seepline.site_wiring import Logger
from seepline.wire.drivers import ON_I2C
from seepline.wire.registers import IDENTIFICATION_REGISTERS, LIVE_REGISTERS

_ROOT = Path(__file__).resolve().parents[3]
_SENSOR_V = {"sdi12": 12.0, "modbus": 12.0, "current_loop": 12.0}
_LOOP_UA = 20000
_OWN_SHEET = "the sensor's sheet, as the site says"
# What an instrument without a switch takes between its measurements, in uA, and where its figures are from.
_BETWEEN: dict[str, tuple[float, str]] = {
    "inclinometer": (1200, "stays in its mode; from memory"),
    "accelerometer": (0, "sheet of the ADXL357, for the ADXL355 from memory"),
    "barometer": (0.1, "from memory"),
    "humidity": (0.08, "sheet's copies"),
    "thermistor_bridge": (1, "from memory"),
    "current_loop": (_LOOP_UA, "the most that a loop takes"),
    "vibrating_wire": (0, "front end; assumed, bench P2"),
    "tipping_bucket": (0, "a reed switch"),
}

_ASSUMED = {
    "asleep_ua": 60.0,  # of the logger asleep, at the battery: what bench P1 allows
    "awake_ma": 25.0,  # listening, at 3.3 V
    "busy_ma": 42.0,  # measuring, at 3.3 V
    "self_discharge": 0.03,  # of the battery, a year
    "doors": 4.0,  # times a day that the bus wakes a sleeping logger
}


@app.command("budget")
def budget_(  # noqa: PLR0913 - one argument per option
    site_file: SiteFile,
    of: Annotated[
        list[What] | None, typer.Option("--of", help="What to reckon: once or several times; without it, power.")
    ] = None,
    logger: Annotated[str | None, typer.Option(metavar="ID", help="Only this logger.")] = None,
    battery_v: Annotated[float, typer.Option(min=3, max=60, help="Nominal voltage of the battery.")] = 12.8,
    battery_ah: Annotated[float, typer.Option(min=0.1, help="Its capacity.")] = 7.0,
    derating: Annotated[float, typer.Option(min=0.05, max=1, help="Share of it left by cold and age.")] = 0.7,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help=f"Out of {', '.join([*_ASSUMED, *planning.ASSUMED])}."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Reckon what loggers take from their batteries, and with --of their panel, bus and accuracy."""
    site, said = read_site_or_exit(site_file), _assumed(assume or [])
    assumed = {name: said[name] or 0.0 for name in _ASSUMED}
    chosen = [logger_of(site, logger)] if logger else list(site.loggers)
    battery = Battery(
        volt=battery_v,
        ah=battery_ah,
        derating=derating,
        self_discharge_per_year=assumed["self_discharge"],
    )
    board = Board(**{key: assumed[key] for key in ("asleep_ua", "awake_ma", "busy_ma")})
    wanted = of or [What.POWER]
    _refuse_bad_wiring(site, chosen, said, wanted)
    found = [budget(_plan(site, one, battery, int(assumed["doors"])), board, battery) for one in chosen]
    tables = _tables(site, found, battery, said, wanted)
    if as_json:
        print_json({name: made for name, (made, _) in tables.items()})
        return
    if What.POWER in wanted:
        for reckoned, logger_ in zip(found, chosen, strict=True):
            _print(reckoned, logger_, battery)
            if not any(device.logger == logger_.id for device in site.devices):
                typer.echo(f"No [[device]] says what is wired to {logger_.id}: its sensors are not in this.\n")
    for _, show in tables.values():
        show()


def _refuse_bad_wiring(site: Site, chosen: list[Logger], said: planning.Said, wanted: list[What]) -> None:
    wrong = list(planning.problems(site, [one.id for one in chosen], said, wanted))
    if wrong:
        raise refused("\n".join(map(str, wrong)))


def _tables(
    site: Site, found: list[Budget], battery: Battery, said: planning.Said, wanted: list[What]
) -> dict[str, tuple[Any, Callable[[], None]]]:
    """Return each wanted part as (JSON, what prints it); power is printed logger by logger."""
    made: dict[str, tuple[Any, Callable[[], None]]] = {}
    if What.POWER in wanted:
        made["battery"] = dataclasses.asdict(battery), _nothing
        made["loggers"] = [dataclasses.asdict(one) for one in found], _nothing
    if What.PANEL in wanted:
        latitude = planning.latitude_of(site, said) or 0.0
        panels = planning.panels(found, battery, latitude, said)
        made["panels"] = (
            {name: one._asdict() for name, one in panels.items()},
            partial(planning.print_panels, panels, latitude, said),
        )
    if What.BUS in wanted:
        buses = planning.buses(site, said)
        made["buses"] = buses, partial(planning.print_buses, buses, said)
    if What.ACCURACY in wanted:
        values = planning.accuracies(site, [one.logger for one in found], said)
        made["accuracy"] = (
            [_accuracy_json(*one) for one in values],
            partial(planning.print_accuracies, values, said),
        )
    return made


def _nothing() -> None:
    """Print nothing."""


def _accuracy_json(point: str, instrument: str, one: Accuracy) -> dict[str, Any]:
    parts = [part._asdict() for part in one.parts]
    return {
        "point": point, "instrument": instrument, "quantity": one.quantity, "unit": one.unit, "span": one.span,
        "total": one.total, "not_said": one.unsaid, "parts": parts,
    }  # fmt: skip


def _assumed(said: list[str]) -> dict[str, float | None]:
    """Return the assumptions, those that were said as said."""
    found: dict[str, float | None] = {**_ASSUMED, **planning.ASSUMED}
    for text in said:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1
        if name not in found or not 0 <= number < math.inf:
            raise refused(f"--assume {text}: expected NAME=VALUE with one of {', '.join(found)}")
        found[name] = number
    return found


def _plan(site: Site, logger: Logger, battery: Battery, doors: int) -> Plan:
    config = configuration(site, logger)
    settings = _checked(config, logger)
    instruments = tuple(_instrument(one, battery) for one in settings.instruments)
    return Plan(
        logger=logger.id,
        scan_s=settings.scan_s,
        window_s=settings.window_s if settings.mode == "window" else 0,
        baud=settings.baud,
        bus_bytes=2 * (IDENTIFICATION_REGISTERS + LIVE_REGISTERS * len(settings.blocks)) + 5,
        doors_per_day=doors,
        instruments=instruments,
    )


def _checked(config: dict[str, Any], logger: Logger) -> Any:
    """Return the configuration as the logger itself would take it."""
    module = _firmware("firmware.config")
    try:
        return module.settings(config)
    except module.ConfigError as error:
        raise refused(f"Logger {logger.id} would refuse its configuration: {error}", BAD_INPUT) from error


def _instrument(one: Any, battery: Battery) -> Instrument:
    """Return an instrument of the configuration with the times and currents of its driver."""
    driver = _firmware("firmware.drivers").load(one.driver)
    says = {key: getattr(driver, key.upper()) for key in ("warm_up_ms", "stabilise_ms", "measure_ms", "supply_ua")}
    says |= {key: value for key, value in one.options.items() if key in says}
    says |= _of_inputs(one)
    between_ua, source = _BETWEEN.get(one.driver, (says["supply_ua"], _OWN_SHEET))
    if one.driver == "supply":
        ohm = one.options["upper_ohm"] + one.options["lower_ohm"]
        between_ua, source = 1e6 * battery.volt / ohm, "its divider"
    return Instrument(
        name=f"{one.driver} {_places(one)}",
        group=one.driver,
        scan_s=one.scan_s,
        lead_ms=says["warm_up_ms"] + says["stabilise_ms"],
        measure_ms=says["measure_ms"],
        supply_ua=says["supply_ua"],
        between_ua=between_ua,
        volt=battery.volt if one.driver == "supply" else _SENSOR_V.get(one.driver, 3.3),
        switched=one.power is not None,
        samples=hasattr(driver, "drain"),
        source=source,
    )


def _of_inputs(one: Any) -> dict[str, Any]:
    """Return what depends on the converter and how many of its inputs; a loop takes its 20 mA all the time."""
    inputs = one.options.get("inputs")
    if inputs is None:
        return {}
    name = "Ads1115" if one.options["converter"] >= ON_I2C else "Ads1220"
    chip = getattr(_firmware(f"firmware.drivers.{name.lower()}"), name)
    if one.driver == "current_loop":
        return {"measure_ms": chip.loops_ms(len(inputs)), "supply_ua": _LOOP_UA * len(inputs)}
    return {"measure_ms": chip.bridges_ms(len(inputs)), "supply_ua": chip.SUPPLY_UA}


def _places(one: Any) -> str:
    return " ".join(f"{block}:{slot}" for block, slot in filter(None, one.places))


def _firmware(name: str) -> Any:
    """Return a module of the logger's program, which is no installed package."""
    if not (_ROOT / "firmware" / "main.py").exists():
        raise refused(f"No firmware in {_ROOT}: run this from a clone of the repository.", NOT_POSSIBLE)
    if str(_ROOT) not in sys.path:
        sys.path.append(str(_ROOT))
    return importlib.import_module(name)


def _print(one: Budget, logger: Logger, battery: Battery) -> None:
    mode = f"window of {logger.window_s} s" if logger.mode == "window" else "continuous"
    rows = [
        (
            row.what,
            _time(row.seconds_per_day),
            f"{row.ma:.3g} mA at {row.volt:g} V",
            f"{row.mean_ma:.3f}",
            row.source,
        )
        for row in one.rows
    ]
    rows.append(("all", "", "", f"{one.mean_ma:.3f}", f"{one.ah_per_year:.1f} Ah a year"))
    heads = ("what", "a day", "while it lasts", "mean mA", "from")
    print_table(f"Logger {one.logger}: a scan every {logger.scan_s} s, {mode}", heads, rows)
    lost = f"{battery.derating:.0%} of it can be had, {battery.self_discharge_per_year:.0%} a year goes by itself"
    typer.echo(f"{one.days:.0f} days on {battery.ah:g} Ah at {battery.volt:g} V; {lost}.\n")


def _time(seconds: float) -> str:
    """Return a time as people read it.

    >>> _time(86400), _time(5400), _time(9.63)
    ('24 h', '90 min', '9.63 s')
    """
    if seconds >= 7200:
        return f"{seconds / 3600:.3g} h"
    return f"{seconds / 60:.3g} min" if seconds >= 120 else f"{seconds:.3g} s"
