"""Files of other systems' loggers, into the journal: TOA5, LC-2, any CSV; whole at once, or while they grow."""
