"""`python -m hardware.bench en|ru FILE.pdf`: the form to print."""

import sys
from pathlib import Path

from hardware.bench.form import LANGUAGES, form, title
from seepline.paper.pdf import PaperError, write_pdf


def main(arguments: list[str]) -> int:
    """Return 0 when the form is written, 2 when it was asked for wrongly."""
    if len(arguments) != 2 or arguments[0] not in LANGUAGES:
        sys.stderr.write(f"Expected a language ({' or '.join(LANGUAGES)}) and a file: en bench-form.pdf\n")
        return 2
    try:
        write_pdf(Path(arguments[1]), list(form(arguments[0])), *title(arguments[0]))
    except PaperError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
