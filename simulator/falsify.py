"""What a device may say instead of its answer, in a frame that is right in itself."""

import random

from seepline.wire import rtu
from simulator.faults import LineFaults

_WORD_BYTES = 2


def falsified(data: bytes, faults: LineFaults, dice: random.Random) -> bytes:
    """Return an answer, or what `faults` make of it; what is no whole frame stays as it is."""
    if not rtu.crc_fits(data):
        return data
    address, pdu = data[0], data[1:-2]
    if _falls(faults.wrong_device_share, dice):
        address = 1 + address % 247
    if _falls(faults.wrong_function_share, dice):
        pdu = bytes((pdu[0] ^ 7,)) + pdu[1:]  # 3 <-> 4
    if _falls(faults.short_share, dice):
        pdu = _counted(pdu[:-_WORD_BYTES], pdu, -_WORD_BYTES)
    elif _falls(faults.long_share, dice):  # never both: that would be a lie of the right length
        pdu = _counted(pdu + dice.randbytes(_WORD_BYTES), pdu, _WORD_BYTES)
    return rtu.frame(address, pdu) + dice.randbytes(faults.stray_after)


def _falls(share: float, dice: random.Random) -> bool:
    return share > 0 and dice.random() < share


def _counted(changed: bytes, pdu: bytes, more: int) -> bytes:
    """Return a PDU of another length, with a byte count that fits where the answer has one."""
    if len(pdu) > _WORD_BYTES + 2 and pdu[1] == len(pdu) - 2:
        return bytes((pdu[0], pdu[1] + more)) + changed[2:]
    return changed
