"""Log lines: one JSON object a line for journald and machines, text for people at a terminal.

    {"at": "2026-11-26T08:00:00.123Z", "level": "warning", "logger": "gateway.bus_task", "message": "...",
     "bus": "bus1"}

Under systemd (journald, $JOURNAL_STREAM) each line begins with <priority>, which the journal takes off and keeps.
"""

import json
import logging
import os
import sys
from datetime import UTC, datetime

SUBJECTS = ("bus", "destination", "kind", "subject")  # what a log call may add by `extra=`
FORMS = ("auto", "json", "text")
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object."""

    def __init__(self, prefixed: bool = False) -> None:
        super().__init__()
        self._prefixed = prefixed

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= {name: getattr(record, name) for name in SUBJECTS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return f"<{_PRIORITIES.get(record.levelno, 6)}>{text}" if self._prefixed else text


def begin(form: str) -> None:
    """Send all log lines to standard output; `form` is json, text or auto."""
    handler = logging.StreamHandler(sys.stdout)
    if form == "json" or (form == "auto" and not sys.stdout.isatty()):
        handler.setFormatter(JsonLines(prefixed="JOURNAL_STREAM" in os.environ))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every request's address
