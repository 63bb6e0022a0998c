"""`python -m seepline.cli`: the same command as `seepline`."""

from seepline.cli import app

app()
