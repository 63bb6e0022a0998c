"""How a request is refused: with one of the exception codes of the Modbus Application Protocol."""


class RefusedError(Exception):
    """The request cannot be served: `args[0]` is the Modbus exception code."""


def expect(fulfilled: bool, code: int) -> None:
    """Refuse the request with `code` unless `fulfilled`."""
    if not fulfilled:
        raise RefusedError(code)
