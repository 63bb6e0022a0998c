"""The field computer: masters the buses, keeps every record, relays it to the collector."""
