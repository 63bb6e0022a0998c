"""The front end's 8 KB, taken before the modules of a program: afterwards no piece of that size may be left."""

import gc
from array import array

gc.threshold(4096)  # as firmware/main.py at its start: what stays is not scattered over the whole heap
SAMPLES = array("h", bytes(8192))
