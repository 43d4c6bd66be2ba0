"""Colours, sizes and fonts of every chart."""

from typing import Any

RAISES, LOWERS, TEXT, FAINT = "#b35806", "#2b6c99", "#1b1b1b", "#6b6b6b"
"""Raises the risk, lowers the risk, text, lines that only help to read; each at least 4.8:1 on white."""

HALO = "#fffffe"
"""Edge of the words inside a chart, so that a line behind them does not cross them out; a white of their own."""

WIDTH, HEIGHT = 560, 340

THEME: dict[str, Any] = {
    "background": "white",
    "font": "Liberation Sans, DejaVu Sans, Arial, sans-serif",
    "padding": 8,
    "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
    "axis": {
        "labelColor": TEXT,
        "labelFontSize": 13,
        "titleColor": TEXT,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "gridColor": "#dddddd",
        "domainColor": FAINT,
        "tickColor": FAINT,
    },
    "text": {"color": TEXT, "fontSize": 13, "stroke": HALO, "strokeWidth": 4, "strokeJoin": "round"},
    "line": {"strokeWidth": 2},
    "rule": {"color": TEXT},
}
