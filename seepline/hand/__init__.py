"""Readings that people take: dips, staff gauges, buckets, survey marks, inclinometer surveys, visual rounds.

method      what a row of the table of methods is
methods     the table; one module each, pure functions
evaluation  from what a person wrote down to engineering readings, by the declaration in force then
overdue     when a reading or a round should have come
"""
