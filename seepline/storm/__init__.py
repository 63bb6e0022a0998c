"""After a storm: what lightning and water did to cables and gauges, each channel beside its own baseline. Pure."""
