"""Reasons of fifty synthetic people in words: what the golden files hold, and how they are written anew.

The facts are those of a small synthetic lender, and typical of accepted applicants is who paid back there. What a model
would add is drawn, so that no last digit of a training decides which sentences are read.
Write the files: ``python tests/explanations/golden_sentences.py``, then read every line that changed.
"""

import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.explanations.accepted import Accepted
from garant.explanations.external_notes import external_notes
from garant.explanations.reasons import MAX_REASONS, Reason, ReasonWriter
from garant.explanations.yardstick import Yardstick
from garant.features.catalogue import catalogue
from garant.features.encode import InputColumn, encode
from garant.features.feature import PROTECTED, Feature, Sign
from garant.features.matrix import KEY
from garant.models.bundle.groups import GroupsOfSample, read_groups, with_groups
from garant.models.bundle.reference import reference_table
from garant.runs.matrix import build_matrix
from garant.runs.training_data import input_columns
from garant.tables.acceptance import accept_tables
from garant.tables.external_score import ExternalScore
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate
from garant.wording.catalogue import LANGUAGES, Wording

GOLDEN = Path(__file__).parent / "golden"

PEOPLE = 50

SEED = 11

SCALE = 0.006
"""Some 1,800 labelled applicants: enough of the refused to know how common each of their levels is."""

UNDECLARED = 5
"""Of every fifth person the period of income is not declared, so no share of it may be said."""

NAMED = {
    "EXT_SOURCE_2": ExternalScore(
        provider="Agence Exemple",
        meaning_fr="Régularité des paiements vue par l’agence",
        meaning_en="Regularity of payments as the agency sees it",
        range=[0.0, 1.0],
        correction_fr="Écrivez à l’agence, qui vous communique la note et la corrige sous un mois",
        correction_en="Write to the agency, which sends you the score and corrects it within a month",
    )
}
"""One of the three scores has a provider; of the others nobody says where they come from."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lender:
    """A small synthetic lender.

    Parameters
    ----------
    features : tuple of Feature
        All that a model of profile ``eu`` may use.
    accepted : Accepted
        Those who paid back, as a bundle would keep them.
    people : pyarrow Table
        The first `PEOPLE` applicants: the key and their features.
    """

    features: tuple[Feature, ...]
    accepted: Accepted
    people: pa.Table

    def facts_against(self) -> Floats:
        """How much each fact speaks against each person, shape (people, features).

        2 where few of the accepted are as far out, 1 where it lies on the adverse side, 0 where it does not, NaN where
        it is not known.
        """
        found: list[Floats] = []
        for feature in self.features:
            column, groups = self.people.column(feature.name), self.accepted.features[feature.name]
            against = Yardstick(feature, groups, Wording("en")).speaks_against(column).astype(np.float64)
            far = groups.accepted.high if groups.adverse > 0 else groups.accepted.low
            if not feature.is_category and far is not None:
                values = column.to_numpy().astype(np.float64)
                against += (against > 0) & ((values - far) * groups.adverse > 0)
            known = pc.is_valid(column).to_numpy()
            found.append(np.where(known, against, np.nan))
        return np.column_stack(found)


def small_lender(folder: Path) -> Lender:
    """Draw the lender into `folder` and make its features."""
    generate(folder / "raw", scale=SCALE, seed=SEED, file_format="parquet", workers=1)
    data = find_sources(folder / "raw")
    assert isinstance(data, DataFolder)
    tables = accept_tables(data, folder / "accepted", threads=1)
    features = catalogue()
    with DuckDBEngine(threads=1) as engine:
        parts = build_matrix(engine, tables, features, folder / "matrix")
    columns = input_columns(parts, features)
    rows = pa.concat_tables([pq.read_table(part) for part in parts]).sort_by(KEY)
    return Lender(
        features=features,
        accepted=_who_paid_back(rows.filter(pc.is_valid(rows.column("TARGET"))), features, columns, folder),
        people=rows.select([KEY, *(feature.name for feature in features)]).slice(0, PEOPLE),
    )


def _who_paid_back(
    labelled: pa.Table, features: Sequence[Feature], columns: Sequence[InputColumn], folder: Path
) -> Accepted:
    """What a bundle would keep, read back from its bytes."""
    matrix = encode(labelled, columns)
    bad = labelled.column("TARGET").to_numpy() == 1
    groups = GroupsOfSample(
        accepted=~bad,
        refused=bad,
        similar=(),
        adverse={f.name: _adverse(f, matrix[:, n], bad) for n, f in enumerate(features) if not f.is_category},
        contributions={},
    )
    path = folder / "reference.parquet"
    pq.write_table(with_groups(reference_table(matrix, columns), matrix, columns, groups), path)
    return Accepted({}, read_groups(path.read_bytes()))


def _adverse(feature: Feature, values: npt.NDArray[np.float32], bad: npt.NDArray[np.bool_]) -> int:
    """The catalogue's direction, else the side on which those lie who did not pay back; the higher one when equal."""
    if feature.sign is not Sign.NONE:
        return 1 if feature.sign is Sign.RAISES else -1
    known = ~np.isnan(values)
    means = [float(values[known & who].astype(np.float64).mean()) for who in (bad, ~bad)]
    return -1 if means[0] < means[1] else 1


def drawn_contributions(lender: Lender) -> Floats:
    """Contributions of the people, shape (people, features + 1): four families each.

    The first family is any, the others are drawn from those that have something new to say of the person. Mostly a
    family's strongest member says nothing against the person, and the next one does; every sixth time what raises the
    risk is not known, every ninth time nothing in the family speaks against the person.
    """
    families: dict[str, list[int]] = defaultdict(list)
    for number, feature in enumerate(lender.features):
        families[feature.family].append(number)
    protected = {feature.family for feature in lender.features if feature.legal in PROTECTED}
    turns = {f: _Turns(f, [lender.features[n] for n in at]) for f, at in families.items() if f not in protected}
    rng = np.random.default_rng(SEED)
    contributions = np.zeros((PEOPLE, len(lender.features) + 1))
    for row, facts in zip(contributions, lender.facts_against(), strict=True):
        anywhere = [str(family) for family in rng.permutation(sorted(turns))]
        new = [family for family in anywhere[1:] if turns[family].has_news(facts[families[family]])]
        chosen = list(dict.fromkeys([anywhere[0], *new, *anywhere]))[:MAX_REASONS]
        for position, family in enumerate(chosen):
            at = np.array(families[family])
            members = at[turns[family].take(facts[at])]
            row[members] = (MAX_REASONS - position) * 0.5 ** np.arange(1, len(members) + 1)
    return contributions


class _Turns:
    """Features of one family, whose texts take turns to be said; facts are those of `Lender.facts_against`."""

    def __init__(self, family: str, members: Sequence[Feature]) -> None:
        self._rng = np.random.default_rng([SEED, zlib.crc32(family.encode())])
        self._stems = [member.text for member in members]
        self._said = Counter[str]()
        self._turn = 0

    def has_news(self, facts: Floats) -> bool:
        """Whether a fact that speaks against the person was not said of anybody yet."""
        return any(not self._said[self._stems[n]] for n in np.flatnonzero(facts > 0))

    def take(self, facts: Floats) -> list[int]:
        """Members that raise the risk of one person, the strongest first."""
        self._turn += 1
        against, unknown, harmless = (
            [int(n) for n in self._rng.permutation(np.flatnonzero(which))]
            for which in (facts > 0, np.isnan(facts), facts == 0)
        )
        if unknown and (self._turn % 6 == 0 or not (against or harmless)):
            return unknown[:1]
        if harmless and (self._turn % 9 == 0 or not against):
            return harmless[:5]
        # What was said least, of this what is further out.
        said = min(against, key=lambda n: (self._said[self._stems[n]], -facts[n]))
        self._said[self._stems[said]] += 1
        return [*harmless[:1], said, *(n for n in against if n != said)]


def reasons_of_everybody(lender: Lender, language: str) -> list[tuple[Reason, ...]]:
    """Reasons of each of the people, in the order of their ids."""
    words = Wording(language, currency="EUR")
    contributions = drawn_contributions(lender)
    notes = external_notes(lender.features, NAMED, words)
    found: list[list[tuple[Reason, ...]]] = []
    for declared in (True, False):
        writer = ReasonWriter(lender.features, words, accepted=lender.accepted, period_declared=declared, notes=notes)
        found.append(list(writer.reasons(contributions, lender.people)))
    with_period, without = found
    return [without[n] if n % UNDECLARED == UNDECLARED - 1 else with_period[n] for n in range(PEOPLE)]


def golden_text(lender: Lender, language: str) -> str:
    """What the golden file of the language holds: per person a line with the id, then its reasons."""
    words = Wording(language)
    lines: list[str] = []
    clients = lender.people.column(KEY).to_pylist()
    for client, reasons in zip(clients, reasons_of_everybody(lender, language), strict=True):
        lines.append(f"# {client}")
        for reason in reasons:
            lines += [f"{reason.code} [{words.text(f'kind.{reason.kind}')}]", f"  {reason.text}"]
            lines += [f"  ({reason.note})"] if reason.note else []
        lines.append("")
    return "\n".join(lines)


def golden_file(language: str) -> Path:
    """File of the language."""
    return GOLDEN / f"reasons.{language}.txt"


def main() -> None:
    """Write the files of all languages."""
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        lender = small_lender(Path(folder))
    for language in LANGUAGES:
        golden_file(language).write_text(golden_text(lender, language), encoding="utf-8")


if __name__ == "__main__":
    main()
