"""The one `seepline` command. Only this folder imports rooms, and only inside command functions."""

import typer

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Seepline: from the sensor in the embankment to the alarm.",
)
