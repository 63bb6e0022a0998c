"""History made again from raw readings: after a corrected sheet, assignment, formula, quality rule or geometry.

order     what has to be made before what (pure)
runs      who asked for what, how far it is, what has changed: tables of the store
work      one turn of a run, in one transaction
preview   the same work on a copy of the store, with the site file that somebody proposes
asked     the act by which an engineer asks for it, and the routes that show it

A value is a function of the raw readings and the site, so what stands at the end is what a fresh store would hold
that judged the same journal by the same site. Old values stay as superseded versions. No alarm is stepped.
"""
