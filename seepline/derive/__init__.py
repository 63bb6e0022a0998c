"""Derived quantities: what engineers make of readings. Each module one subject, pure, its source in its docstring.

seepline.derive.formulas is the table of what `[[derived]]` may name; seepline.derive.evaluation makes one reading.
"""
