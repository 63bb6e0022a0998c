"""`python -m hardware.budget`: draw the charts of this folder again."""

from pathlib import Path

from hardware.budget.pictures import CHARTS
from hardware.plot import write

for name, make in CHARTS.items():
    write(Path(__file__).parent / name, make())
