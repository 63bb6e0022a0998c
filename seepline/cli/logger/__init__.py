"""`seepline logger`: what an operator does to a logger from a laptop, over USB or over the bus.

One module per command; each registers itself with `app` when it is imported below.
"""

import sys
from importlib.util import find_spec

import typer

from seepline.cli.problems import NOT_POSSIBLE, refused

app = typer.Typer(no_args_is_help=True, help="The logger on the dam, from a laptop over USB or over its bus.")


_NEEDS = ("serial", "cryptography")
_NEED_NOTHING = ("budget",)


@app.callback()
def _logger(context: typer.Context) -> None:
    """Commands for one logger on a cable."""
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing and context.invoked_subcommand not in _NEED_NOTHING and "--help" not in sys.argv:
        raise refused(f"This needs {', '.join(missing)}: pip install 'seepline[fieldtool]'", NOT_POSSIBLE)


# Each command registers itself with `app` when its module is imported, so `app` stands before them.
from seepline.cli.logger import budget as _budget  # noqa: E402, F401
from seepline.cli.logger import check as _check  # noqa: E402, F401
from seepline.cli.logger import commission as _commission  # noqa: E402, F401
from seepline.cli.logger import compare as _compare  # noqa: E402, F401
from seepline.cli.logger import configure as _configure  # noqa: E402, F401
from seepline.cli.logger import flash as _flash  # noqa: E402, F401
from seepline.cli.logger import identify as _identify  # noqa: E402, F401
from seepline.cli.logger import read_log as _read_log  # noqa: E402, F401
from seepline.cli.logger import release as _release  # noqa: E402, F401
from seepline.cli.logger import report as _report  # noqa: E402, F401
from seepline.cli.logger import seal as _seal  # noqa: E402, F401
from seepline.cli.logger import update as _update  # noqa: E402, F401
from seepline.cli.logger import watch as _watch  # noqa: E402, F401
