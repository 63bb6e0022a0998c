"""`seepline demo`: the whole chain on one desk. `command` runs it, `checks` proves it, `report` tells it."""
