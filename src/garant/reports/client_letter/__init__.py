"""Letters to the person whom a decision is about: what they say, from the record alone, and their PDF."""

from garant.reports.client_letter.kinds import LetterKind, possible_kinds
from garant.reports.client_letter.lender import Lender, load_lender
from garant.reports.client_letter.letter import Letter, Listed, Part
from garant.reports.client_letter.pdf import letter_pdf
from garant.reports.client_letter.written import Facts, write_letter

__all__ = [
    "Facts",
    "Lender",
    "Letter",
    "LetterKind",
    "Listed",
    "Part",
    "letter_pdf",
    "load_lender",
    "possible_kinds",
    "write_letter",
]
