"""The after-storm check: what gateways count of their buses, raw readings before and since, and the page."""
