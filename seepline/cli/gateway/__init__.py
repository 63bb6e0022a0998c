"""`seepline gateway`: the commands of the field computer. Each module registers its own."""

import typer

app = typer.Typer(no_args_is_help=True, help="The field computer: loggers in, collector out.")


@app.callback()
def _gateway() -> None:
    """Commands of the field computer."""


# Each command registers itself with `app` when its module is imported, so `app` stands before them.
from seepline.cli.gateway import alarm as _alarm  # noqa: E402, F401
from seepline.cli.gateway import ask as _ask  # noqa: E402, F401
from seepline.cli.gateway import bundle as _bundle  # noqa: E402, F401
from seepline.cli.gateway import check as _check  # noqa: E402, F401
from seepline.cli.gateway import forget as _forget  # noqa: E402, F401
from seepline.cli.gateway import install as _install  # noqa: E402, F401
from seepline.cli.gateway import plan as _plan  # noqa: E402, F401
from seepline.cli.gateway import probe as _probe  # noqa: E402, F401
from seepline.cli.gateway import reconcile as _reconcile  # noqa: E402, F401
from seepline.cli.gateway import run as _run  # noqa: E402, F401
from seepline.cli.gateway import scada_map as _scada_map  # noqa: E402, F401
from seepline.cli.gateway import scan as _scan  # noqa: E402, F401
from seepline.cli.gateway import status as _status  # noqa: E402, F401
from seepline.cli.gateway import trace as _trace  # noqa: E402, F401
