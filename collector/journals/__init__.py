"""Journals to print and sign: of a point, the act of its commissioning, the month or the year of a site."""
