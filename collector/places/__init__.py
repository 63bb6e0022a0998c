"""Pages of places: points with their gauges, sheets, cables and history, and labels that lead to them."""
