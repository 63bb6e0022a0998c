"""Acts: what a named person does to the judgement of a dam, signed, and replayable like a reading. Pure.

An act is acknowledged alarms, works in the diary, a reading by hand, an approval of limits. It is signed with the
person's own key, checked against the policy once, at the collector's door, and from then on part of the journal.
"""
