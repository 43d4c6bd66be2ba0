"""What is wrong with raw records, in the words of a page: by the code of the problem, which is the same everywhere."""

from garant.exceptions import Problem
from garant.wording.catalogue import Wording

GROUPS = {"json": "json", "form": "form", "external_checks": "check", "request": "request"}
"""First part of a code → group of texts. Every other code is that of a rule of a column, and its last part counts."""


def text_id(problem: Problem) -> str:
    """Id of the text of a problem: ``page.rule.negative``, ``page.rule.json.syntax``."""
    first, _, rest = problem.code.partition(".")
    group = GROUPS.get(first)
    last = problem.code.rpartition(".")[2]
    return f"page.rule.{last}" if group is None else f"page.rule.{group}.{rest}"


def said(problem: Problem, words: Wording) -> str:
    """Sentence that tells a problem; a general one for a code without words."""
    key = text_id(problem)
    return words.text(key if words.has(key) else "page.rule.other")


def placed(problem: Problem, words: Wording) -> str:
    """The same with the place in a file: table, row, column."""
    table, *rest = [part for part in problem.pointer.split("/") if part not in {"", "file", "source"}] or [""]
    number = next((part for part in rest if part.isascii() and part.isdigit()), "")
    column = next((part for part in rest if not part.isdigit()), "")
    sentence = said(problem, words)
    if not table:
        return sentence
    where = [table, *([words.text("page.rule.row", n=words.number(int(number[:9]) + 1))] if number else []), column]
    return words.text("page.rule.at", where=", ".join(part for part in where if part), said=sentence)
