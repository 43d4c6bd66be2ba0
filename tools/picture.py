"""Draw what a command prints as an SVG for the README, without any address in it.

Run: python tools/picture.py docs/images/demo.svg garant demo
"""

import io
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 118
KEPT_LINES = 34
"""A picture of one screen: the rest is cut, and the cut is shown."""


def main(target: Path, command: list[str]) -> None:
    """Run `command` and write its output as a picture to `target`."""
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip().splitlines()
    lines = printed[:KEPT_LINES] + (["…"] if len(printed) > KEPT_LINES else [])
    console = Console(record=True, width=WIDTH, file=io.StringIO(), legacy_windows=False)
    console.print(Text(f"$ {' '.join(command)}", style="bold"))
    for line in lines:
        console.print(Text(line))
    svg = console.export_svg(title=" ".join(command))
    # The library links web fonts; a picture in the README calls nobody.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
