"""A form by which a person says something about a decision: what was typed, and what is wrong at which field."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from garant.exceptions import Problem
from garant.wording.catalogue import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A form as it is shown.

    Parameters
    ----------
    typed : mapping of str to str
        What was typed, by field.
    wrong : mapping of str to str
        Sentences that say what is wrong, by field.
    """

    typed: Mapping[str, str]
    wrong: Mapping[str, str]

    @classmethod
    def of(cls, name: str, sent: str, said: Mapping[str, str], problems: Sequence[Problem], words: Wording) -> "Act":
        """The form `name`: empty, unless it is the one that was `sent` and refused for these `problems`."""
        if name != sent:
            return cls(typed={}, wrong={})
        wrong = {problem.pointer.removeprefix("/"): _sentence(name, problem, words) for problem in problems}
        return cls(typed=said, wrong=wrong)


def typed(form: FormData, *fields: str) -> dict[str, str]:
    """Texts of fields of a form; empty where one was not sent."""
    found = {field: form.get(field, "") for field in fields}
    return {field: plain(value) if isinstance(value, str) else "" for field, value in found.items()}


def plain(text: str) -> str:
    r"""A text without what nobody sees: controls, marks that turn the direction of writing, halves of characters.

    Examples
    --------
    >>> plain("one\r\ntwo\u202e")
    'one\ntwo'
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join("".join(each for each in line.replace("\t", " ") if not _is_unseen(each)) for line in lines)


def _is_unseen(character: str) -> bool:
    # The two joiners are letters of some writing.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in "\u200c\u200d"


def _sentence(name: str, problem: Problem, words: Wording) -> str:
    """In the words of the form, else in those for the field wherever it is."""
    rule = problem.code.removeprefix("request.")
    keys = (f"page.act.{name}.wrong.{rule}", f"page.act.wrong.{rule}")
    return words.text(next((key for key in keys if words.has(key)), "page.act.wrong.other"))
