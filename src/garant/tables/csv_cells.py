"""Cells of the CSV files that we write."""


def harmless(cell: object) -> object:
    """Text that no spreadsheet takes for a formula: a quote goes before = + - @ tab and return."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return repr(cell) if isinstance(cell, float) else cell
