"""Seepage measured with a bucket and a stopwatch: flow = volume by mean time of filling.

Several fillings show how well it was done: their spread is held against what the site declares, and so is the
shortest time that a person can take. None of the two has a default. Seepage that is not clear carries soil away.
"""

from collections.abc import Mapping, Sequence

from seepline.derive.formula import NOT_NEGATIVE, POSITIVE, Made
from seepline.hand.method import Field, Method, Parameters, Values, number
from seepline.reading import Quality


def flow_l_s(volume_l: float, times_s: Sequence[float]) -> float:
    """Return the flow over all fillings.

    >>> flow_l_s(10.0, [20.0, 19.0, 21.0])
    0.5
    """
    return volume_l * len(times_s) / sum(times_s)


def seepage(parameters: Parameters, values: Values) -> Mapping[str, Made]:
    """Return the flow; none at all is 0.

    >>> pail = {"bucket_l": 10.0, "least_s": 5.0, "spread_share": 0.1}
    >>> seepage(pail, {"times_s": [20.0, 24.0], "water": "clear"})["flow"].reason
    'times of filling spread by 0.181818 of their mean, more than 0.1'
    """
    return {"flow": _seepage(parameters, values)}


def _seepage(parameters: Parameters, values: Values) -> Made:
    times_s = values.get("times_s")
    if times_s is None:
        return Made(0.0, "no flow was seen")
    assert not isinstance(times_s, str | int | float)  # noqa: S101 - the rules have seen to it
    flow = flow_l_s(number(parameters, "bucket_l"), times_s)
    words = "; ".join(_doubts(times_s, number(parameters, "least_s"), number(parameters, "spread_share")))
    return Made(flow, words, quality=Quality.SUSPECT if words else Quality.GOOD)


def _doubts(times_s: Sequence[float], least_s: float, most_share: float) -> list[str]:
    doubts = []
    if min(times_s) < least_s:
        doubts.append(f"filled in {min(times_s):g} s, less than the {least_s:g} s that can be timed")
    share = (max(times_s) - min(times_s)) * len(times_s) / sum(times_s)
    if share > most_share:
        doubts.append(f"times of filling spread by {share:g} of their mean, more than {most_share:g}")
    return doubts


METHOD = Method(
    name="bucket",
    meaning="seepage measured with a bucket and a stopwatch",
    source="volume by time",
    quantities=("flow",),
    parameters={"bucket_l": POSITIVE, "least_s": POSITIVE, "spread_share": NOT_NEGATIVE},
    fields=(
        Field("times_s", "s", "times of filling", 0.1, 86_400.0, many=10, group="flow"),
        Field("seen", "", "no measurement", choices=("no flow",), group="flow"),
        Field("water", "", "the water is", choices=("clear", "cloudy", "turbid", "none")),
    ),
    compute=seepage,
)
