"""The way out: stored records as line protocol, sent until they are on the collector's disk."""
