"""InfluxDB as a copy of the store, for Grafana and everyone else: written, counted, never read for judgement.

lanes (readings, roll-ups, events, health) -> mirror (cursor, back-off) -> client (influxdb-client) -> database
| what the database refuses for good: refused (a table)
reconcile: counts per series, kind of event and day on both sides, sends again what differs
"""
