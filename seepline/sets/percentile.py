"""A limit that is a percentile of history is reached by chance: how often a year is said before it is proposed."""

from collections.abc import Iterator

from seepline.sets.limit_set import LimitSet, Percentile, rule_key


def false_alarms_a_year(percentile: float, readings_a_year: int, delay_count: int) -> float:
    """Return how many times a year a level is entered by chance when nothing is wrong.

    Readings are taken as independent, so a run of `delay_count` beyond the percentile begins with chance
    (1 - q) q^n, where q = 1 - percentile / 100. Real readings follow one another: fewer alarms, that last longer.

    >>> round(false_alarms_a_year(99.0, 35_040, 1)), round(false_alarms_a_year(99.0, 35_040, 2), 1)
    (347, 3.5)
    """
    beyond = 1 - percentile / 100
    return float(readings_a_year * (1 - beyond) * beyond**delay_count)


def expected(limits: LimitSet) -> Iterator[tuple[Percentile, float]]:
    """Yield each percentile of a set with the false alarms a year that it means."""
    counts = {rule_key(one): one.delay_count for one in limits.thresholds}
    for one in limits.percentiles:
        yield one, false_alarms_a_year(one.percentile, one.readings_a_year, counts[rule_key(one)])
