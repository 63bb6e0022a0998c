"""What named persons did: the door they come through, and the chained table of the journal that keeps it."""
