"""Words for kinds of points and gauges, and for what a gauge gives; a word of the site's own stays as it is."""

from collector.web.words import Translate, noted

KIND_WORDS = {
    "piezometer": noted("piezometer"),
    "vw_piezometer": noted("vibrating-wire piezometer"),
    "standpipe": noted("standpipe"),
    "barometer": noted("barometer"),
    "rain_gauge": noted("rain gauge"),
    "pond": noted("pond"),
    "sump": noted("sump"),
    "drain": noted("drain"),
    "weir": noted("weir"),
    "survey_mark": noted("survey mark"),
    "crest": noted("crest"),
    "inclinometer": noted("inclinometer"),
    "in_place_inclinometer": noted("in-place inclinometer"),
    "pressure_probe": noted("pressure probe"),
    "level_sensor": noted("level sensor"),
    "current_loop": noted("current loop"),
    "frequency": noted("frequency"),
    "thermistor": noted("thermistor"),
    "voltage": noted("voltage"),
    "current": noted("current"),
    "tips": noted("tips of the bucket"),
    "pressure": noted("pressure"),
    "temperature": noted("temperature"),
}


def kind_word(kind: str, _: Translate) -> str:
    """Return what a point, a gauge or an input is.

    >>> kind_word("rain_gauge", str), kind_word("tilt_5", str)
    ('rain gauge', 'tilt 5')
    """
    return _(KIND_WORDS[kind]) if kind in KIND_WORDS else kind.replace("_", " ")
