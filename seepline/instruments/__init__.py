"""One module per instrument: what it measures, its source, its formula, a worked number."""
