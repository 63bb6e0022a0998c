"""Texts on the silkscreen: beside their part, on no pad, line or other text; runs in the Python of KiCad 6."""

import pcbnew

ONLY_ON_PAPER = ("R", "C", "D")  # too many and too small: the assembler's page shows them
WITH_VALUE = ("J", "TP")  # what somebody wires to or measures at says what it is
HEIGHT_MM, GAP_MM, EDGE_MM = 0.7, 0.2, 0.6
NEAREST_MM, FARTHEST_MM, STEP_MM = 0.2, 6.0, 0.25
WAY_MM, BEFORE_MM = 3.0, 1.8  # how far aside of its pad a way may be named, and how far before a terminal
LEADING_MM = 0.28  # above and below its letters, a text's box has this much of nothing


def write(board, text, x, y, height=HEIGHT_MM, justify=pcbnew.GR_TEXT_HJUSTIFY_CENTER):
    """Write a text that belongs to no part, and return it."""
    made = pcbnew.PCB_TEXT(board)
    made.SetText(text)
    made.SetLayer(pcbnew.F_SilkS)
    made.SetTextSize(pcbnew.wxSizeMM(height, height))
    made.SetTextThickness(pcbnew.FromMM(height * 0.15))
    made.SetHorizJustify(justify)
    made.SetPosition(pcbnew.wxPointMM(x, y))
    board.Add(made)
    return made


def label(made):
    """Leave a part's own texts to the assembler's page; what is printed is put beside it later."""
    made.Reference().SetLayer(pcbnew.F_Fab)
    made.Reference().SetVisible(not made.GetReference().startswith("H"))
    made.Reference().SetTextSize(pcbnew.wxSizeMM(HEIGHT_MM, HEIGHT_MM))
    made.Reference().SetTextThickness(pcbnew.FromMM(HEIGHT_MM * 0.15))
    made.Value().SetVisible(False)


def texts(board, footprints, ways):
    """Print at each way of a terminal what is wired to it, and beside each part its name; SystemExit: no room."""
    taken = [_box(pad) for made in board.GetFootprints() for pad in made.Pads() if pad.IsOnLayer(pcbnew.F_Mask)]
    taken += [_box(line) for made in board.GetFootprints() for line in made.GraphicalItems() if _printed(line)]
    taken += [_letters(text) for text in board.GetDrawings() if _printed(text)]
    for ref, names in ways.items():
        for number, name in enumerate(names, start=1):
            pad = next(pad for pad in footprints[ref].Pads() if pad.GetNumber() == str(number))
            places = _before(board, footprints[ref], pcbnew.ToMM(pad.GetPosition().x), WAY_MM)
            taken.append(_put(board, name, taken, places))
    for ref, made in sorted(footprints.items()):
        if not ref.startswith(ONLY_ON_PAPER):
            name = f"{ref} {made.GetValue()}" if ref.startswith(WITH_VALUE) else ref
            part = _box(made, made.GetBoundingBox(False, False))
            terminal = ref in ways
            places = (
                _before(board, made, (part[0] + part[2]) / 2, part[2] - part[0]) if terminal else _around(part)
            )
            taken.append(_put(board, name, taken, places))


def _printed(item):
    return item.GetLayer() == pcbnew.F_SilkS


def _box(item, found=None):
    found = found or item.GetBoundingBox()
    return tuple(pcbnew.ToMM(n) for n in (found.GetX(), found.GetY(), found.GetRight(), found.GetBottom()))


def _letters(text):
    left, top, right, bottom = _box(text)
    return left, top + LEADING_MM, right, bottom - LEADING_MM


def _put(board, name, taken, places):
    """Write a text at the first free place, a point and a direction from it; return the box that it takes."""
    text = write(board, name, 0, 0)
    left, top, right, bottom = _letters(text)
    width, height = right - left, bottom - top
    edge = _box(board, board.GetBoardEdgesBoundingBox())
    for x, y, beside, below in places:
        x0, y0 = x + (beside - 1) / 2 * width, y + (below - 1) / 2 * height
        box = (x0, y0, x0 + width, y0 + height)
        if _within(box, edge) and not any(_touch(box, other) for other in taken):
            text.SetPosition(pcbnew.wxPointMM(x0 + width / 2, y0 + height / 2))
            return box
    raise SystemExit(f"silk.py: no room for {name} beside its part")


def _around(part):
    """Return the places around a part, the nearest first, and of these the middle of a side first."""
    left, top, right, bottom = part
    x, y = (left + right) / 2, (top + bottom) / 2
    found = []
    for gap in _steps(NEAREST_MM, FARTHEST_MM):
        for way in _aside((right - left) / 2 + gap):
            far = gap + abs(way) / 4
            found += [(far, x + way, top - gap, 0, -1), (far, x + way, bottom + gap, 0, 1)]
        for way in _aside((bottom - top) / 2 + gap):
            far = gap + abs(way) / 4
            found += [(far, right + gap, y + way, 1, 0), (far, left - gap, y + way, -1, 0)]
    return [place for _, *place in sorted(found)]


def _before(board, made, x, aside):
    """Return the places on a terminal's side to the board's middle, straight before x if it can be."""
    _, top, _, bottom = _box(made, made.GetBoundingBox(False, False))
    upper = made.GetPosition().y < board.GetBoardEdgesBoundingBox().GetCenter().y
    y, below = (bottom, 1) if upper else (top, -1)
    return [(x + way, y + below * gap, 0, below) for way in _aside(aside) for gap in _steps(NEAREST_MM, BEFORE_MM)]


def _aside(farthest):
    return [way for slide in _steps(0, farthest) for way in (slide, -slide)]


def _steps(first, last):
    return [first + STEP_MM * n for n in range(int((last - first) / STEP_MM) + 1)]


def _within(box, edge):
    return (
        box[0] > edge[0] + EDGE_MM
        and box[1] > edge[1] + EDGE_MM
        and box[2] < edge[2] - EDGE_MM
        and box[3] < edge[3] - EDGE_MM
    )


def _touch(one, other):
    return (
        one[0] < other[2] + GAP_MM
        and other[0] < one[2] + GAP_MM
        and one[1] < other[3] + GAP_MM
        and other[1] < one[3] + GAP_MM
    )
