"""The one `seepline` command. Only this folder imports rooms, and only inside command functions."""

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def _seepline() -> None:
    """Seepline: from the sensor in the embankment to the alarm."""


# Each command registers itself with `app` when its module is imported, so `app` stands before them.
from seepline.cli import act as _act  # noqa: E402, F401
from seepline.cli import audit as _audit  # noqa: E402, F401
from seepline.cli import check as _check  # noqa: E402, F401
from seepline.cli import collector as _collector  # noqa: E402
from seepline.cli import collector_bundle as _collector_bundle  # noqa: E402, F401
from seepline.cli import collector_export as _collector_export  # noqa: E402, F401
from seepline.cli import collector_import as _collector_import  # noqa: E402, F401
from seepline.cli import collector_notify as _collector_notify  # noqa: E402, F401
from seepline.cli import collector_parallel as _collector_parallel  # noqa: E402, F401
from seepline.cli import collector_people as _collector_people  # noqa: E402, F401
from seepline.cli import collector_recompute as _collector_recompute  # noqa: E402, F401
from seepline.cli import collector_replay as _collector_replay  # noqa: E402, F401
from seepline.cli import dashboards as _dashboards  # noqa: E402
from seepline.cli import gateway as _gateway  # noqa: E402
from seepline.cli import hand as _hand  # noqa: E402
from seepline.cli import logger as _logger  # noqa: E402
from seepline.cli import quality as _quality  # noqa: E402
from seepline.cli import replay as _replay  # noqa: E402, F401
from seepline.cli import sets as _sets  # noqa: E402, F401
from seepline.cli import sheet as _sheet  # noqa: E402
from seepline.cli import sign as _sign  # noqa: E402, F401
from seepline.cli import simulate as _simulate  # noqa: E402, F401
from seepline.cli import surface as _surface  # noqa: E402, F401
from seepline.cli.demo import command as _demo  # noqa: E402, F401

app.add_typer(_collector.app, name="collector")
app.add_typer(_dashboards.app, name="dashboards")
app.add_typer(_gateway.app, name="gateway")
app.add_typer(_hand.app, name="hand")
app.add_typer(_logger.app, name="logger")
app.add_typer(_quality.app, name="quality")
app.add_typer(_sheet.app, name="sheet")
