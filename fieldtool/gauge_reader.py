"""Reads one gauge out of a logger's live blocks, scan after scan, and waits for it to come to rest."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fieldtool import live
from fieldtool.clock import Clock
from fieldtool.connection import Device, FieldError, Refused
from fieldtool.gauge import Gauge, LiveReading, gauge_at
from fieldtool.identification import Identification
from fieldtool.stability import Stability, stability
from seepline.channels import CHANNEL_KINDS, read_channel
from seepline.convert import assignment_at, kind_of
from seepline.site_wiring import Channel
from seepline.wire import registers

FAST_MINUTES = 18  # a quarter of an hour, and the scan before and after it; three of them fit a day's hour
_LOOK_S = 5.0  # of site time between two looks at a live block
_LOOKS = 30  # for a scan that was asked for: it begins at once and may take some seconds a gauge
_SAME_MINUTE_S = 60


@dataclass
class GaugeReader:
    """The live readings of one gauge."""

    device: Device
    clock: Clock
    found: Identification
    gauge: Gauge
    readings: list[LiveReading] = field(default_factory=list)

    async def newest(self) -> LiveReading:
        """Return the newest reading that the logger shows; it may be one without values."""
        return await self._read(self.gauge)

    async def _read(self, gauge: Gauge) -> LiveReading:
        every = {name: gauge.channel(name) for name in gauge.assignment.inputs}
        channels = {name: channel for name, channel in every.items() if channel.logger == gauge.logger}
        blocks = {channel.block for channel in channels.values()}
        held = {block: await self._block(block) for block in blocks}
        primary = held[gauge.primary.block].record
        read = {name: _value(channel, held) for name, channel in channels.items()}
        return LiveReading(
            utc_ms=primary.utc_s * 1000 + primary.utc_ms,
            boot=primary.boot,
            uptime_s=primary.uptime_s,
            values={name: value for name, (value, _) in read.items()},
            status={name: bits for name, (_, bits) in read.items()},
        )

    async def _block(self, block: int) -> live.LiveBlock:
        if block not in self.found.blocks:
            raise FieldError(f"The logger has no block {block}: configure it from this site file first.")
        words = await self.device.read(registers.live_address(block), registers.LIVE_REGISTERS)
        return live.decode(words, self.found.serial, block)

    async def fresh(self) -> LiveReading:
        """Ask for one scan at once and return its reading; where it is not to be had, the newest there is."""
        before = newest = await self.newest()
        try:
            await self.device.write(registers.REPEAT_REGISTER, [1])
        except Refused:
            return before
        for _ in range(_LOOKS):
            newest = await self.newest()
            if (newest.boot, newest.uptime_s) != (before.boot, before.uptime_s):
                break
            await self.clock.pause(_LOOK_S / 5)
        return newest

    async def hurry(self) -> str:
        """Ask for fast scans; return '' or why they are not to be had."""
        try:
            await self.device.write(registers.FAST_SCAN_REGISTER, [FAST_MINUTES])
        except Refused:
            return f"The day's hour of fast scans is used up: readings come every {self.found.values['scan_s']} s."
        return ""

    async def at_rest(self, most_s: float, tell: Callable[[Stability], None]) -> list[LiveReading]:
        """Return the readings once the gauge is at rest, or all there are after `most_s` of site time."""
        self.readings.clear()
        until_ms = self.clock.now_ms() + 1000 * most_s
        while True:
            one = await self.newest()
            if not self.readings or (one.boot, one.uptime_s) != (
                self.readings[-1].boot,
                self.readings[-1].uptime_s,
            ):
                self.readings.append(one)
            rest = stability(self.gauge, self.readings)
            tell(rest)
            if rest.is_stable or self.clock.now_ms() > until_ms:
                return list(self.readings)
            await self.clock.pause(_LOOK_S)

    async def station_pressure_kpa(self) -> float | None:
        """Return the pressure of the site's barometer at this point within a minute, None where it must be typed.

        It must hang on the same logger: only that one is at the other end of the cable.
        """
        name = self.gauge.assignment.references.get("barometer", "")
        now_ms = self.clock.now_ms()
        assignment = assignment_at(self.gauge.site, name, now_ms) if name else None
        if assignment is None:
            return None
        if assignment.inputs[kind_of(self.gauge.site, assignment).primary].split("/")[0] != self.gauge.logger:
            return None
        barometer = gauge_at(self.gauge.site, name, now_ms)
        reading = await self._read(barometer)
        own = self.readings[-1] if self.readings else await self.newest()
        if reading.boot != own.boot or abs(reading.uptime_s - own.uptime_s) > _SAME_MINUTE_S:
            return None
        return barometer.value(reading.values, None) if reading.is_whole else None


def _value(channel: Channel, held: dict[int, live.LiveBlock]) -> tuple[float | None, int]:
    block = held[channel.block]
    return read_channel(CHANNEL_KINDS[channel.kind], block.record, channel.slot)
