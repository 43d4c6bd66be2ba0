"""What `--what-if` understands, corrects and refuses, and which files of moves are refused."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pytest

from garant.exceptions import UnknownNameError, UsageError
from garant.explanations.moves.catalogue import MOVE_NAMES, MoveCatalogue
from garant.explanations.moves.terms import load_terms
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES
from garant.tables.variants import ClientRows

Person = Callable[..., ClientRows]

SENSITIVE = [column.name for column in TABLES["application"].columns if column.sensitive is not None]


@pytest.mark.parametrize(
    ("column", "use"),
    [
        ("AMT_CREDIT", "down-payment or smaller-purchase"),
        ("AMT_ANNUITY", "longer-term"),
        ("AMT_GOODS_PRICE", "smaller-purchase"),
        ("AMT_BALANCE", "card-balance"),
        ("AMT_CREDIT_SUM_OVERDUE", "arrears-paid"),
    ],
)
def test_a_column_that_others_follow_is_refused_with_the_move_to_use(moves: MoveCatalogue, column: str, use: str):
    with pytest.raises(UsageError, match=column) as error:
        moves.asked(f"{column}=1000")
    assert f"Use {use}" in str(error.value)


@pytest.mark.parametrize("column", SENSITIVE)
def test_nobody_can_change_who_a_person_is_or_where_they_live(moves: MoveCatalogue, column: str):
    with pytest.raises(UsageError, match=f"{column}: protected"):
        moves.asked(f"{column}=1")


def test_sex_age_family_and_region_are_among_what_is_protected():
    assert {"CODE_GENDER", "DAYS_BIRTH", "CNT_CHILDREN", "NAME_FAMILY_STATUS", "REGION_RATING_CLIENT"} <= set(SENSITIVE)


@pytest.mark.parametrize("column", ["TARGET", "SK_ID_CURR", "HOUR_APPR_PROCESS_START", "DAYS_CREDIT", "STATUS"])
def test_history_and_what_is_no_fact_cannot_be_changed(moves: MoveCatalogue, column: str):
    with pytest.raises(UsageError, match=f"--what-if {column}: .*Known: smaller-purchase"):
        moves.asked(f"{column}=1")


def test_a_misspelt_move_is_answered_with_near_ones(moves: MoveCatalogue):
    with pytest.raises(UnknownNameError, match="Did you mean 'down-payment'"):
        moves.asked("downpayment=3")


def test_no_correction_is_searched(moves: MoveCatalogue):
    assert tuple(move.name for move in moves.moves) == MOVE_NAMES
    assert not set(MOVE_NAMES) & set(moves.corrections)


@pytest.mark.parametrize(
    ("text", "column", "cell"),
    [
        ("income=1234.5", "AMT_INCOME_TOTAL", 1_234_500),
        ("AMT_INCOME_TOTAL=1000", "AMT_INCOME_TOTAL", 1_000_000),
        ("employed-since=-2000", "DAYS_EMPLOYED", -2000),
        ("education=Higher education", "NAME_EDUCATION_TYPE", "Higher education"),
        ("external-score-2=0.75", "EXT_SOURCE_2", 0.75),
        ("external-score-1=1", "EXT_SOURCE_1", 1.0),
        ("external-score-3=0", "EXT_SOURCE_3", 0.0),
        ("employed-since=0", "DAYS_EMPLOYED", 0),
        ("own-home=Y", "FLAG_OWN_REALTY", "Y"),
    ],
)
def test_a_wrong_fact_is_corrected(moves: MoveCatalogue, person: Person, text: str, column: str, cell: object):
    rows = person(FLAG_NO_EMPLOYMENT=1)
    changed = moves.asked(text).change(rows).rows["application"]
    assert changed[column][0].as_py() == cell
    others = [name for name in changed.schema.names if not changed[name].equals(rows["application"][name])]
    # Who is employed since a day is no longer without employment.
    assert set(others) == {column, *(["FLAG_NO_EMPLOYMENT"] if column == "DAYS_EMPLOYED" else [])}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("income=-5", "AMT_INCOME_TOTAL cannot be this: below zero"),
        ("income=lots", "holds a number"),
        ("income=nan", "holds a number"),
        ("income=90000", "says already"),
        ("employed-since=3.5", "whole number"),
        ("employed-since=20", "DAYS_EMPLOYED cannot be this: a day or month after the application"),
        ("employed-since=-13000", "before the day of birth"),
        ("education=Doctor", "Unknown value of education"),
        ("external-score-1=1.5", "expected 0 to 1"),
        ("income", "expected income=VALUE"),
        ("income=", "expected income=VALUE"),
    ],
)
def test_a_correction_must_be_a_value_of_its_column(moves: MoveCatalogue, person: Person, text: str, said: str):
    with pytest.raises(UsageError) as error:
        moves.asked(text).change(person())
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('sex = "CODE_GENDER"', "protected (sex)"),
        ('born = "DAYS_BIRTH"', "protected (age)"),
        ('credit = "AMT_CREDIT"', "hang together"),
        ('outcome = "TARGET"', "no fact about the person"),
    ],
)
def test_no_file_of_moves_can_let_a_protected_or_coupled_column_be_corrected(tmp_path: Path, entry: str, said: str):
    with pytest.raises(UsageError) as error:
        load_terms(changed(tmp_path, "[corrections]", f"[corrections]\n{entry}"))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [("most_share = 0.5", "most_share = 1.5"), ("yearly_rate = 0.20", "yearly_rate = 0"), ("is_offered = true\n", "")],
)
def test_a_limit_out_of_range_or_missing_is_refused(tmp_path: Path, before: str, after: str):
    with pytest.raises(UsageError, match=r"Moves .*moves\.toml"):
        load_terms(changed(tmp_path, before, after))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"absent\.toml cannot be read"):
        load_terms(tmp_path / "absent.toml")


def test_a_lender_may_let_columns_of_its_own_be_corrected_unless_they_are_protected(tmp_path: Path, person: Person):
    terms = load_terms(changed(tmp_path, "[corrections]", '[corrections]\nsavings = "SAVINGS"'))
    with pytest.raises(UsageError, match="SAVINGS, which is no column"):
        MoveCatalogue.of(terms, TablesConfig())

    def declared(legal: str) -> TablesConfig:
        extra = {"type": "money", "legal": legal, "text_fr": "Épargne", "text_en": "Savings"}
        return TablesConfig.model_validate({"extra": {"SAVINGS": extra}})

    with pytest.raises(UsageError, match="declares proxy"):
        MoveCatalogue.of(terms, declared("proxy"))
    rows = person()
    field = pa.field("SAVINGS", pa.int64())
    application = rows["application"].append_column(field, pa.array([1_000], pa.int64()))
    catalogue = MoveCatalogue.of(terms, declared("allowed"))
    corrected = catalogue.asked("savings=2000").change({**rows, "application": application})
    assert corrected.rows["application"]["SAVINGS"].to_pylist() == [2_000_000]


def test_no_correction_leads_to_a_protected_level(tmp_path: Path, person: Person):
    terms = load_terms(changed(tmp_path, "[corrections]", '[corrections]\nincome-type = "NAME_INCOME_TYPE"'))
    asked = MoveCatalogue.of(terms, TablesConfig()).asked("income-type=Maternity leave")
    with pytest.raises(UsageError, match="protected"):
        asked.change(person())


def changed(folder: Path, before: str, after: str) -> Path:
    """The shipped file with a part of it replaced."""
    text = files("garant.explanations.moves").joinpath("default.toml").read_text(encoding="utf-8")
    assert before in text
    path = folder / "moves.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path
