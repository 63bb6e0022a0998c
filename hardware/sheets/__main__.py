"""Writes the sheets as PDF: `python -m hardware.sheets --out DIR`, or `make -C hardware sheets`."""

import argparse
import sys
from pathlib import Path

from hardware.sheets import words
from hardware.sheets.document import document
from hardware.sheets.sheet import SheetError, read_all
from seepline.paper.pdf import PaperError, write_pdf


def main() -> int:
    """Write every sheet in every language, or in one (--lang)."""
    parser = argparse.ArgumentParser(description="Write installation, commissioning and maintenance sheets.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--lang", choices=words.LANGUAGES)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        for sheet in read_all():
            for language in [asked.lang] if asked.lang else words.LANGUAGES:
                say = words.in_language(language)
                path = asked.out / f"{sheet.id}.{language}.pdf"
                write_pdf(path, document(sheet, say), say(sheet.title), say(words.PAGE))
                sys.stdout.write(f"{path}\n")
    except (SheetError, PaperError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
