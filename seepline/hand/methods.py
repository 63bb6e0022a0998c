"""The one table of methods by which a point is read by hand."""

from collections.abc import Mapping

from seepline.derive.formula import Kind
from seepline.hand import bucket, inclinometer, staff_gauge, standpipe, survey_mark
from seepline.hand.method import Method

INCLINOMETER = "inclinometer"
MARK = survey_mark.METHOD.name

# Written down value by value; an inclinometer survey comes as a file and is not among them.
METHODS: Mapping[str, Method] = {
    one.name: one for one in (standpipe.METHOD, staff_gauge.METHOD, bucket.METHOD, survey_mark.METHOD)
}
PARAMETERS: Mapping[str, Mapping[str, Kind]] = {
    **{name: one.parameters for name, one in METHODS.items()},
    INCLINOMETER: inclinometer.PARAMETERS,
}
QUANTITIES_OF: Mapping[str, tuple[str, ...]] = {
    **{name: one.quantities for name, one in METHODS.items()},
    INCLINOMETER: inclinometer.QUANTITIES,
}
