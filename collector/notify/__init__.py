"""People are told: the book of messages, the sender's loop, the channels, the morning sheet, the watchdog."""
