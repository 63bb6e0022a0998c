"""Readings that people take: from their acts into the store, what is overdue, photos, and the pages for them."""
