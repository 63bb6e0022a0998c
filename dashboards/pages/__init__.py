"""The nine dashboards, one module each: `page(words)` returns its builder."""
