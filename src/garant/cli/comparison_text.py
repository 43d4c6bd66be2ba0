"""A person beside accepted, refused and similar applicants, on a terminal."""

from garant.cli.show import print_table, say
from garant.explanations.comparison import Comparison
from garant.reports.comparison_table import comparison_notes, comparison_table
from garant.wording.catalogue import Wording


def show_comparison(found: Comparison, words: Wording) -> None:
    """Print the table and its notes; nothing where nothing can be compared."""
    if not found.facts:
        return
    say()
    header, rows = comparison_table(found, words)
    print_table(rows, header=header, title=words.text("compared.title"))
    for note in comparison_notes(found, words):
        say(f"  {note}")
