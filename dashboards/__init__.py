"""Grafana dashboards as code: `seepline dashboards build` writes the JSON that Grafana is provisioned with.

questions (InfluxQL) -> looks (panels as we draw them) -> pages (nine dashboards) -> built/<language>/*.json
"""
