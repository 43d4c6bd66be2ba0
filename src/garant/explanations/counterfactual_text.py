"""What a search found, in sentences: a range, never a promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from garant.explanations.counterfactuals import TRIED, Counterfactual, Found
from garant.explanations.moves.catalogue import MoveCatalogue
from garant.explanations.moves.move import Change
from garant.wording.catalogue import Wording

Period = Literal["month", "year"] | None

End = Literal["below_cutoff", "below_review", "rule_met"]


@dataclass(frozen=True, slots=True)
class ToldCounterfactual:
    """One result, ready to be read.

    Parameters
    ----------
    move, text : str
        The move and its sentence.
    first, last : float
        Amounts of the smallest and of the largest accepted change, as `--what-if` takes them.
    steps : int
        Amounts from the first to the last that were scored, all of them accepted.
    share : float
        How large the smallest change is, relative to what is changed.
    """

    move: str
    text: str
    first: float
    last: float
    steps: int
    share: float


@dataclass(frozen=True, slots=True)
class Counterfactuals:
    """The answer for one applicant.

    Parameters
    ----------
    results : tuple of ToldCounterfactual
        At most three, the smallest change first.
    none : str
        The sentence that says that nothing within the limits was enough; empty where something was.
    why_not : mapping of str to str
        Move → id of why it is no result.
    variants : int
        Steps that were judged.
    moves : str
        Name and version of the file of moves.
    """

    results: tuple[ToldCounterfactual, ...]
    none: str
    why_not: Mapping[str, str]
    variants: int
    moves: str


def told(found: Found, catalogue: MoveCatalogue, words: Wording, *, period: Period, end: End) -> Counterfactuals:
    """What was found, in the language of `words`.

    Parameters
    ----------
    found : Found
        Confirmed results.
    catalogue : MoveCatalogue
        What was tried.
    period : {"month", "year"} or None
        Period of instalments as the lender declares it; without one a term is a number of instalments.
    end : {"below_cutoff", "below_review", "rule_met"}
        What the changes would have achieved: a PD below the cut-off, or below the one from which a person decides, or
        also that a rule outside the model is met.
    """
    results = tuple(
        ToldCounterfactual(
            move=result.move,
            text=words.text(f"counterfactual.{end}", change=change_text(result, words, period=period)),
            first=result.steps[0].amount,
            last=result.steps[-1].amount,
            steps=len(result.steps),
            share=result.share,
        )
        for result in found.results
    )
    none = "" if results else _none_text([move.name for move in catalogue.moves], found.why_not, words)
    terms = catalogue.terms
    return Counterfactuals(results, none, dict(found.why_not), found.variants, f"{terms.name} {terms.version}")


def _none_text(moves: Sequence[str], why_not: Mapping[str, str], words: Wording) -> str:
    """That nothing was enough, by the moves that exist for the person: nobody without arrears is told to have any."""
    tried = [move_label(move, words) for move in moves if why_not.get(move) in TRIED]
    return words.text("counterfactual.none", moves=", ".join(tried)) if tried else words.text("counterfactual.no_move")


def move_label(move: str, words: Wording) -> str:
    """Name of a move."""
    return words.text(f"move.{move.replace('-', '_')}.label")


def change_text(result: Counterfactual, words: Wording, *, period: Period) -> str:
    """First half of the sentence: the change as a range, or as one amount where a single step is accepted."""
    first, last = result.steps[0], result.steps[-1]
    form = "range" if len(result.steps) > 1 else "point"
    match result.move:
        case "smaller-purchase":
            of_goods = "price" in first.figures
            least, most, before = (
                last.amount,
                first.amount,
                first.figures[f"{'price' if of_goods else 'credit'}_before"],
            )
            key = f"move.smaller_purchase.{form}" if of_goods else f"move.smaller_credit.{form}"
            return _amounts(key, words, least, most, before)
        case "down-payment":
            return _amounts(f"move.down_payment.{form}", words, first.amount, last.amount, 0.0)
        case "card-balance":
            before = first.figures["balance_before"]
            return _amounts(f"move.card_balance.{form}", words, first.amount, last.amount, before)
        case "arrears-paid":
            known = first.figures["overdue"]
            return (
                words.text("move.arrears_paid.known", amount=words.money(known))
                if known
                else words.text("move.arrears_paid.unknown")
            )
        case _:
            return words.text(
                f"move.longer_term.{form}",
                least=term_text(first.amount, words, period=period),
                most=term_text(last.amount, words, period=period),
                **_term_figures(first, words, period=period),
            )


def term_text(term: float, words: Wording, *, period: Period) -> str:
    """A term in months or years where the lender declares the period, else in instalments."""
    if period is None:
        return words.text("move.longer_term.instalments", n=words.number(term))
    return words.value(f"{period}s", round(term))


def rate_text(change: Change, words: Wording, *, period: Period) -> str:
    """The stated rate; without a declared period it says that instalments are taken to be monthly."""
    rate = words.percent(change.figures["yearly_rate"])
    return words.text("move.longer_term.rate" if period else "move.longer_term.rate_if_monthly", rate=rate)


def _term_figures(change: Change, words: Wording, *, period: Period) -> dict[str, str]:
    figures = change.figures
    return {
        "before": term_text(figures["term_before"], words, period=period),
        "rate": rate_text(change, words, period=period),
        "instalment": words.money(figures["instalment"]),
        "instalment_before": words.money(figures["instalment_before"]),
        "more": words.money(figures["repaid_more"]),
    }


def _amounts(key: str, words: Wording, least: float, most: float, before: float) -> str:
    return words.text(key, least=words.money(least), most=words.money(most), before=words.money(before))
