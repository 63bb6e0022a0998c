"""First file that the ESP32 runs: collect early and start nothing here, so that the prompt always comes."""

import gc

gc.collect()
