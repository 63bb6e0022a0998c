"""The bus master against the wire and against its peers, in one run: `python bench/bus_master.py --seconds 60`.

    use      30 loggers x 60 registers at 19200 and 115200 baud: share of the physical limit
    cpu      processor time per transaction on the paced 9600 line: ours, libmodbus, pymodbus, minimalmodbus
    dead     one dead logger of 30, and one that flaps: time of a scan against the healthy bus, real poller

The bus is a process of its own that answers for its devices by itself (simulator.resident), so what is measured
here is the master alone. See bench/bus_master.md.
"""

import argparse
import asyncio
import statistics
import sys

from bus_dead import dead_loggers, telegraf_ratio
from bus_peers import PEERS, ours
from bus_process import LOGGERS, REGISTERS, paced_bus

from gateway.bus.exact_loop import exact_loop
from gateway.bus.exchange import Pace

USE_LIMITS = {19200: 0.95, 115200: 0.85}
CPU_BAUD = 9600
DEAD_LIMIT = 1.02
TURN_ROUND_S = 0.2


def limit_s(pace: Pace) -> float:
    """Return the physical limit of one exchange: its bytes, and a silence t3.5 before each frame."""
    return pace.wire_s(8 + 5 + 2 * REGISTERS) + 2 * pace.silence_s


def use(seconds: float) -> bool:
    """Print the share of the physical limit that the master reaches."""
    kept = True
    print(f"{LOGGERS} loggers x {REGISTERS} registers, 8N1: one round of all, against wire time + 2 t3.5 each")
    for baud, least in USE_LIMITS.items():
        pace = Pace(baud, 10, TURN_ROUND_S)
        with paced_bus(baud) as path, asyncio.Runner(loop_factory=exact_loop) as runner:
            found = runner.run(ours(path, pace, seconds))
        rounds_s = [sum(found.took_s[n : n + LOGGERS]) for n in range(0, len(found.took_s), LOGGERS)]
        mean_s = statistics.mean(rounds_s)
        share = LOGGERS * limit_s(pace) / mean_s
        kept &= share >= least
        print(
            f"  {baud:6} baud: limit {LOGGERS * limit_s(pace):.3f} s, {len(rounds_s)} rounds, mean {mean_s:.3f} s"
            f" (median {statistics.median(rounds_s):.3f}): {share:.3f} of the limit (at least {least})"
        )
    return kept


def cpu(seconds: float) -> bool:
    """Print the processor time per transaction of all masters on one paced line."""
    print(f"processor time per transaction, {CPU_BAUD} baud, {REGISTERS} registers")
    used_s = {}
    with paced_bus(CPU_BAUD) as path:
        for name, run in PEERS.items():
            found = run(path, Pace(CPU_BAUD, 10, TURN_ROUND_S), seconds)
            used_s[name] = found.cpu_s / len(found.took_s)
            mean_ms = 1000 * statistics.mean(found.took_s)
            print(f"  {name:24} {1000 * used_s[name]:7.3f} ms   ({len(found.took_s)} x {mean_ms:.1f} ms)")
    to_pymodbus, to_libmodbus = (used_s["ours"] / used_s[peer] for peer in ("pymodbus async", "libmodbus (C)"))
    print(
        f"  ours / pymodbus async {to_pymodbus:.3f} (at most 0.1), ours / libmodbus {to_libmodbus:.3f} (at most 1)"
    )
    return to_pymodbus <= 0.1 and to_libmodbus <= 1


def dead(seconds: float) -> bool:
    """Print what dead and flapping loggers cost the others."""
    print(f"{LOGGERS} loggers at 19200 baud, the real poller: time of a scan of those that live, by scan interval")
    kept = True
    for row in dead_loggers(seconds):
        kept &= row.ratio <= DEAD_LIMIT
        print(f"  {row.words:44} {row.ratio:.3f} of the healthy scan (at most {DEAD_LIMIT})")
    print(f"  {'one of 30 dead, by the rule of Telegraf, on paper':44} {telegraf_ratio():.3f}")
    return kept


PARTS = {"use": use, "cpu": cpu, "dead": dead}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all without any")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each measurement lasts")
    words = parser.parse_args()
    kept = [PARTS[part](words.seconds) for part in words.parts or PARTS]
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
