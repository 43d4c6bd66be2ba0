"""What a rule or a warning is about, by the names under which it is sent."""

from collections.abc import Sequence

from garant.wording.catalogue import Wording


def about(fields: Sequence[str], words: Wording) -> str:
    """Names of columns, tables and checks."""
    return f"{words.text('decision.fields')}{words.text('explain.separator')} {', '.join(fields)}"
