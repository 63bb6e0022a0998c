"""Several facilities on one page: what their own collectors tell, ranked, and on a map without tiles."""
