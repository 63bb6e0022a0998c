"""QR codes: the one door to segno."""

import segno


def square_code(text: str) -> str:
    """Return a QR code as a data address of an SVG: level M (15 % may be scratched), four modules of margin."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4))
