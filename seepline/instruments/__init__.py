"""One module per instrument: what it measures, source, formula, a worked number, the keys of its calibration."""

from collections.abc import Mapping
from types import MappingProxyType

from seepline.instruments import (
    barometer,
    current_loop,
    in_place_inclinometer,
    pressure_probe,
    rain_gauge,
    thermistor,
    tiltmeter,
    vw_piezometer,
)
from seepline.instruments.kind import InstrumentKind

INSTRUMENT_KINDS: Mapping[str, InstrumentKind] = MappingProxyType(
    {
        "vw_piezometer": vw_piezometer.KIND,
        "thermistor": thermistor.KIND,
        "barometer": barometer.KIND,
        "current_loop": current_loop.KIND,
        "rain_gauge": rain_gauge.KIND,
        "tiltmeter": tiltmeter.KIND,
        "in_place_inclinometer": in_place_inclinometer.KIND,
        "pressure_probe": pressure_probe.KIND,
    }
)
