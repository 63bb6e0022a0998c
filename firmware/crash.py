"""How the program ended, if by an error: kept for the next boot and for somebody at the USB port."""

CRASH = "crash"  # in the store: the end of the last traceback, to be read over USB
_CRASH_BYTES = 400


def crashed(board, error: Exception) -> None:
    """Note that the program ended by an error, where the next boot and somebody at the USB port will find it."""
    board.leave = None  # this restart is not on purpose
    text = _traceback(error)[-_CRASH_BYTES:].encode()
    if board.store.get(CRASH) != text:  # a crash loop must not wear the store out
        board.store.put(CRASH, text)
    from firmware import breadcrumb as crumbs  # last: it comes with the program, which may not even load

    crumb = crumbs.parsed(board.recall())
    if crumb is not None:
        board.remember(crumbs.packed(crumbs.Crumb(crumbs.CRASHED, *crumb[1:])))


def _traceback(error: Exception) -> str:
    """Print a traceback and return it, on either interpreter."""
    import io
    import sys

    if hasattr(sys, "print_exception"):
        text = io.StringIO()
        sys.print_exception(error, text)  # pyright: ignore[reportArgumentType] - the stubs know no file but theirs
        found = text.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    else:
        import traceback

        found = "".join(traceback.format_exception(error))
    print(found)
    return found
