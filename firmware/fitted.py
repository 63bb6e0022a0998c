"""One instrument of the configuration as it is fitted: its driver, where its channels go, how it is scanned.

driver    as firmware/drivers/driver.py
places    for each channel of the driver (block, slot), or None when it is not used
scan_s    the interval of its own, the logger's when it has none
retries   how often a faulty measurement is repeated within its scan
power     the switch of its supply, None when it is always on
"""

from collections import namedtuple

Fitted = namedtuple("Fitted", ("driver", "places", "scan_s", "retries", "power"))
