"""Text of foreign files on a terminal: it is shown, never obeyed."""

_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160)) if code != ord("\n")}


def printable(text: str) -> str:
    """Text whose control characters are visible: a cell of a foreign file must not steer the terminal."""
    return text.translate(_CONTROLS)
