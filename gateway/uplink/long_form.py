"""Line protocol for a database: one point per channel instead of one line per scan. Pure.

    raw,site=S,logger=L,block=B <channel>=2.5,<channel>_status=4i,ring=7i,boot=1i,seq=12i,tq=2i <ms>          wide
    raw,site=S,logger=L,block=B,channel=<channel> value=2.5,status=4i,ring=7i,boot=1i,seq=12i,tq=2i <ms>      long

A channel is a tag and its value always a float, so a query picks channels by name and no field changes its type.
A missing value has no `value`, its `status` says why. Same series and time: the same point, however often it is
sent.
"""

_IDENTITY = ("ring", "boot", "seq", "tq")
_STATUS = "_status"
TQ_ARRIVAL = 3


class NoTime(ValueError):  # noqa: N818 - says what it is
    """Neither logger nor gateway knows when this was measured."""


def long_lines(line: str, received_ms: int | None) -> list[str]:
    """Return the points of a wide line; a line without a time gets `received_ms`, marked tq = arrival.

    A scan in which no channel was due has none.

    Raises
    ------
    NoTime
        When there is neither a time in the line nor one of arrival: the database would stamp its own, another one
        each time the line is sent.

    >>> long_lines("raw,site=s,logger=l,block=0 a=2.5,b_status=4i,ring=7i,seq=1i,tq=2i 9", None)
    ... # doctest: +NORMALIZE_WHITESPACE
    ['raw,site=s,logger=l,block=0,channel=a value=2.5,ring=7i,seq=1i,tq=2i 9',
     'raw,site=s,logger=l,block=0,channel=b status=4i,ring=7i,seq=1i,tq=2i 9']
    """
    head, body, *stamp = line.split(" ")  # ids hold no space
    fields = dict(part.split("=", 1) for part in body.split(","))
    identity = {name: fields.pop(name) for name in _IDENTITY if name in fields}
    if not stamp:
        if received_ms is None:
            raise NoTime("its time is not known: the logger's clock never was set, nor that of the gateway")
        stamp, identity["tq"] = [str(received_ms)], f"{TQ_ARRIVAL}i"
    channels = {name.removesuffix(_STATUS): None for name in fields}
    return [f"{head},channel={name} {_fields(fields, name, identity)} {stamp[0]}" for name in channels]


def _fields(fields: dict[str, str], channel: str, identity: dict[str, str]) -> str:
    own = {"value": fields.get(channel), "status": fields.get(channel + _STATUS)}
    said = {name: value for name, value in own.items() if value is not None} | identity
    return ",".join(f"{name}={value}" for name, value in said.items())


def point_of(line: str) -> tuple[str, int]:
    """Return (series, time in ms) of a long line: what makes it one point."""
    series, _, stamp = line.split(" ")
    return series, int(stamp)
