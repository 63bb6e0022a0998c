"""What the master does beside asking: waking sleepers, and letting others work while an answer is on its way."""

import os
import tty

from gateway.bus.exchange import read_registers
from gateway.bus.line import Line
from gateway.bus.master import Master


async def test_a_preamble_is_low_for_as_long_as_asked_and_nothing_else(pace):
    heard, other = os.openpty()
    tty.setraw(other)
    line = Line(os.ttyname(other), 9600, "none")
    line.open()
    try:
        await Master(line, pace._replace(baud=9600)).preamble(0.5)
        said = os.read(heard, 4096)
        assert len(said) >= 0.5 * 960
        assert set(said) == {0}
    finally:
        line.close()
        os.close(heard)
        os.close(other)


async def test_something_else_is_done_once_for_each_request(master):
    done = []
    master.meanwhile = lambda: done.append(master.sent_at_s)
    for _ in range(2):
        assert len(await master.transact(1, read_registers(3, 0, 60))) == 122
    assert done == sorted(set(done))
    assert len(done) == 2
