"""An empty SET.toml: places to be filled in, never a number that somebody could leave standing."""

from collections.abc import Iterator

from seepline.sets.limit_set import LEVELS
from seepline.site import Site, Threshold
from seepline.site_rules.dated import utc

_HEAD = """\
# Fill in what stands empty; `seepline sets check` says what is missing.
[set]
id = "{id}"
site = "{site}"
follows = "{follows}"
valid_from =              # from when on, such as 2026-12-01T00:00:00Z; at the earliest from the last approval on
reason = ""
geometry = ""             # what the limits were computed for
geometry_date = "{geometry}"
critical = [{critical}]
k1 = "orange"             # the level that the national criterion K1 stands for
k2 = "red"

[document]                # the paper that this set rests on
title = ""
number = ""
date = ""
sha256 = ""
"""
_RULE = """
[[threshold]]
point = "{point}"
quantity = "{quantity}"
direction = "{direction}"
yellow =
orange =
red =
deadband =
delay_count =
failure_mode = "{failure_mode}"
"""
_ACTION = """
[[action]]
id = "{name}-{level}"
point = "{point}"
quantity = "{quantity}"
direction = "{direction}"
level = "{level}"
what = ""
role = ""
within_s =
notify = []
page = ""
"""
_RECIPIENT = """
[[recipient]]
level = "{level}"
role = ""
"""


def empty_form(site: Site, set_id: str, follows: str) -> str:
    """Return the form for a site: a rule for each that any set of the site file has."""
    newest_ms = max((one.valid_from_ms for one in site.profiles), default=None)
    head = _HEAD.format(
        id=set_id,
        site=site.info.id,
        follows=follows,
        geometry=utc(newest_ms)[:10] if newest_ms is not None else "",
        critical=", ".join(f'"{one.id}"' for one in site.points if one.critical),
    )
    return head + "".join(_rules(site)) + "".join(_RECIPIENT.format(level=level) for level in LEVELS)


def _rules(site: Site) -> Iterator[str]:
    known: set[tuple[str, ...]] = set()
    for one in site.thresholds:
        key = (one.point, one.quantity, one.direction)
        if key not in known:
            known.add(key)
            yield from _rule(site, one)


def _rule(site: Site, one: Threshold) -> Iterator[str]:
    about = {"point": one.point, "quantity": one.quantity, "direction": one.direction}
    mode = one.failure_mode or site.point_by_id[one.point].failure_mode
    yield _RULE.format(**about, failure_mode=mode) + ("rate_window_s =\n" if one.rate_window_s else "")
    for level in LEVELS:
        yield _ACTION.format(**about, name="-".join(about.values()), level=level)
