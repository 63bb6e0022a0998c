"""The logger program: scanning, serving, minding the clock; a supervisor between the tasks and the watchdog.

What is always there is loaded with this module. Scanning, with everything that knows sensors, is loaded when a
boot is not a safe one: a driver that cannot even be loaded leaves a logger that answers (`firmware/life.py`).
"""

import asyncio
import gc
import sys

from firmware.commands import Commands
from firmware.deframe import Deframer
from firmware.events import Events
from firmware.facts import Facts
from firmware.identity import device_objects, name
from firmware.image import Image
from firmware.life import Life
from firmware.node_config import Configuration
from firmware.ring import Ring
from firmware.rtc_keeping import RtcKeeper
from firmware.serve import answer, listen, serve_usb
from firmware.settings import NOBODY, ConfigError, Settings
from firmware.slave import Slave
from firmware.supervise import CLOCK, MOTION, SCAN, SERVE, SLEEP, Beats, supervise
from firmware.timekeeping import Keeper
from firmware.traffic import SERVED, Traffic
from firmware.unload import unload
from seepline.wire.event import RING_FORMATTED
from seepline.wire.registers import (
    FAST_SCAN_REGISTER,
    KEY_REGISTER,
    KEY_WORDS,
    REPEAT_REGISTER,
    TIME_REGISTER,
    TIME_WORDS,
)

# Garbage is collected whenever so small a part of the heap was filled: what lives long stays together then.
# Collected only when the heap is full, a third of 128 k was free after weeks, and no piece of 600 bytes.
COLLECT_PART = 16


def configured(board, life: Life) -> tuple:
    """Return (Configuration, Settings, None), or with the error for which the settings are a stand-in's."""
    from firmware import config, safe_mode

    usable, error = safe_mode.bare if life.safe else dict, None

    def check(found: dict) -> Settings:
        from firmware import config

        return config.settings(usable(found))

    kept = Configuration(board.store, board.config, check)
    if life.gives_up and kept.previous():
        kept = Configuration(board.store, board.config, check)
    try:
        chosen = usable(kept.config())
        settings = config.settings(chosen)
    except (ValueError, TypeError) as caught:
        error, settings = caught, config.settings(safe_mode.stand_in(board.store))
        life.play_safe()
    unload("firmware.config", "firmware.safe_mode")
    board.use(settings)
    return kept, settings, error


def sleeper(board, settings: Settings, life: Life, facts: Facts):
    """Return what sends the logger to sleep between its scans, None where nothing does."""
    if settings.mode != "window" or life.safe:
        return None
    from firmware.window import WINDOW, Window

    facts.power_mode, facts.window_s = WINDOW, settings.window_s
    return Window(board, settings.window_s, life)


def mounted(board, is_safe: bool, hint: bytes):
    """Return the ring; only a safe boot goes on without its flash."""
    try:
        ring = Ring(board.flash(), board.random16, hint)
    except OSError:
        if not is_safe:
            raise
        from firmware.safe_mode import NoRing

        return NoRing()
    board.mounted(ring.oldest > ring.newest)
    return ring


def beside(scan, sleep, parts: tuple, ports: tuple) -> list:
    """Return the tasks that go with the scans where the configuration asks for them: strong motion, or sleep."""
    board, ring, keeper, events, beats = parts
    found = []
    for driver in scan.sampled():
        from firmware.shake import strong_motion

        beat = beats.of(MOTION)
        found.append(strong_motion(driver, keeper, board.clock, events.say, scan.fast.shake, beat))
    if sleep:
        sleep.add([events] + scan.parts())
        found.append(sleep.run(scan, ring, ports, events.flush, beats.of(SLEEP)))
    return found


def updating(board, facts: Facts, life: Life, say):
    """Tell what came of the last update, and return what opens the next: a function that returns the `Update`.

    Its modules are in the heap for that, for the proof of a new program, and once a bundle is on its way.
    """
    kept: list = []

    def opened():
        if not kept:
            from firmware.update import Update

            kept.append(Update(board.store, board.staged, say))
        return kept[0]

    def forget() -> None:
        kept.clear()
        unload("firmware.update")

    def prove() -> None:
        in_use = bool(kept)
        opened().mark_healthy()
        if not in_use:
            forget()

    updates = opened()
    facts.bundle_version, facts.staged_bytes = updates.version, updates.size
    updates.tell()
    forget()
    life.good.append(prove)
    return opened


def remember(store, settings: Settings) -> None:
    """Keep who this logger is, for a boot that finds no configuration."""
    from firmware import safe_mode

    safe_mode.remember(store, settings)
    unload("firmware.safe_mode")


def announced(ring, configuration: Configuration, say) -> None:
    """Tell what is new at this boot."""
    if ring.is_new:
        say(RING_FORMATTED, ring.ring)
    configuration.announce(say)


async def main(board) -> None:
    """Run the logger on a board until its line ends (never, on hardware)."""
    facts, keeper, traffic, usb_traffic = Facts(), Keeper(board.clock), Traffic(), Traffic()
    life, events = Life(board, facts), Events(None, None, keeper)
    beats, keeper.say = Beats(life.moved, board.patience_s), events.say
    configuration, settings, error = configured(board, life)
    facts.config_generation, facts.config_crc = configuration.generation & 0xFFFF, configuration.crc
    sleep = sleeper(board, settings, life, facts)
    ring = mounted(board, bool(life.safe), sleep.hint if sleep else b"")
    clock = RtcKeeper(board.rtc_i2c(), keeper, board.clock)
    await clock.begin()
    image = Image(settings, ring, keeper, traffic, (board.boot_count, board.reset_cause), facts)
    life.open(keeper, events.say, lambda: image.shown or traffic.since_boot(SERVED), settings.supply_low_mv)
    announced(ring, configuration, events.say)
    commands = Commands(settings.logger_id, board, facts, keeper, configuration, events.say)
    commands.updates = updating(board, facts, life, events.say)
    image.windows.update(commands.windows())
    writable: dict = {TIME_REGISTER: (TIME_WORDS, keeper.take_words)}
    tasks = [clock.tend(beats.of(CLOCK))]
    if life.safe:
        image.forget()
    else:
        from firmware.scan import Scan

        scan = Scan(board, settings, image, keeper, facts, events.say)
        writable.update({FAST_SCAN_REGISTER: (1, scan.fast.ask), REPEAT_REGISTER: (1, scan.fast.repeat)})
        tasks.append(scan.run(beats.of(SCAN)))
        tasks += beside(scan, sleep, (board, ring, keeper, events, beats), (traffic, usb_traffic))
        life.good += [configuration.healthy, lambda: remember(board.store, settings)]
    who, arrived = (name(settings.logger_id), device_objects(), commands.take), asyncio.Event()
    usb, is_known = await board.usb(), settings.logger_id != NOBODY
    if is_known:
        events.open(ring, image)
        line, slave = await board.line(), Slave(image, writable, traffic, *who)
        deframer, beat = Deframer(settings.address, line.gap_ms, traffic), beats.of(SERVE)
        tasks += [listen(line, deframer, arrived), answer(line, deframer, slave, arrived, beat, ring.erase_ahead)]
    if usb:
        with_key: dict = {KEY_REGISTER: (KEY_WORDS, commands.take_key)}
        with_key.update(writable)
        usb_slave = Slave(image, with_key, usb_traffic, *who)
        tasks += serve_usb(usb, settings.address, usb_slave, usb_traffic, ring.erase_ahead)
    elif not is_known:
        raise error

    def turn() -> None:
        arrived.set()  # lets the server show life on a quiet line
        life.turn()
        events.flush()
        is_heard = any([port.since_boot(SERVED) for port in (traffic, usb_traffic)])
        if configuration.is_lost(is_heard, keeper.uptime_s()):
            board.restart()

    await asyncio.gather(supervise(beats, board.feed, life.stands, turn), *tasks)


def run(board) -> None:
    """Run the logger; returns when the line ends, which is power off in a simulation."""
    if hasattr(gc, "threshold"):  # MicroPython
        gc.threshold((gc.mem_alloc() + gc.mem_free()) // COLLECT_PART)
    try:
        asyncio.run(main(board))
    except EOFError:
        return
    except ConfigError as error:
        print("The logger's configuration cannot be used: %s" % error)
        sys.exit(1)
