"""What tables.toml may say, and how its mistakes are told."""

from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.tables.columns import Kind
from garant.tables.config import TablesConfig
from garant.tables.config_file import load_config
from garant.tables.external_score import PUBLIC_SCORES

WHOLE = """
[tables]
POS_CASH_balance = "pos_cash_balance.csv.gz"
application = ["train.csv", "test.csv"]
[columns.application]
TARGET = "DEFAULTED"
MONTHS_AS_CUSTOMER = "months"
[read.application]
encoding = "cp1252"
delimiter = ";"
decimal = ","
thousands = " "
[label]
name = "ninety days"
days_past_due = 90
window_months = 12
text_fr = "PD (90 jours)"
text_en = "PD (90 days)"
[money]
period = "month"
currency = "EUR"
charges = "CHARGES"
[external_scores.EXT_SOURCE_2]
provider = "A bureau"
meaning_fr = "Risque"
meaning_en = "Risk"
range = [0, 1]
correction_fr = "Par courrier"
correction_en = "By letter"
[extra.MONTHS_AS_CUSTOMER]
type = "months"
sign = "lowers"
family = "relationship"
legal = "allowed"
text_fr = "Ancienneté"
text_en = "Months as a customer"
"""

SCORE = """provider = "x"
meaning_fr = "x"
meaning_en = "x"
range = [0, 1]
correction_fr = "x"
correction_en = "x"
"""


def load(tmp_path: Path, text: str) -> TablesConfig:
    path = tmp_path / "tables.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_everything_that_may_be_said_is_read_and_survives_a_manifest(tmp_path: Path):
    config = load(tmp_path, WHOLE)
    assert config.tables["application"] == ["train.csv", "test.csv"]
    assert (config.read_options("application").delimiter, config.read_options("bureau").delimiter) == (";", ",")
    assert config.label.days_past_due == 90
    schema = config.table_schema("application")
    assert [column.name for column in schema.columns[-2:]] == ["MONTHS_AS_CUSTOMER", "CHARGES"]
    assert schema["CHARGES"].kind is Kind.MONEY
    assert config.own_columns == {"MONTHS_AS_CUSTOMER", "CHARGES"}
    again = TablesConfig.model_validate(config.to_dict())
    assert again == config
    assert again.renamed_label is config.renamed_label is None


def test_without_a_file_the_defaults_hold(tmp_path: Path):
    config = load_config(tmp_path / "tables.toml")
    assert config.to_dict() == {}
    assert config.label.text("fr").startswith("PD (définition Home Credit")
    assert config.money.period is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[table]\nx = "y"\n', r"unknown section 'table'\. Did you mean 'tables'\?"),
        ('[tables]\nbureaux = "y"\n', r"\[tables\]: unknown table 'bureaux'\. Did you mean 'bureau'\?"),
        ("[tables]\nbureau = 3\n", r"\[tables\] bureau: "),
        (
            '[columns.application]\nTARGTE = "y"\n',
            r"\[columns\.application\] unknown column 'TARGTE'\. Did you mean 'TARGET'\?",
        ),
        (
            '[columns.aplication]\nTARGET = "y"\n',
            r"\[columns\.?\w*\]?.*unknown table 'aplication'\. Did you mean 'application'\?",
        ),
        ('[read.bureau]\ndelimeter = ";"\n', r"\[read\.bureau\]: unknown key 'delimeter'\. Did you mean 'delimiter'\?"),
        ('[read.bureau]\ndelimiter = ";;"\n', r"\[read\.bureau\] delimiter: one ASCII character"),
        ('[read.bureau]\nencoding = "utf-9"\n', r"\[read\.bureau\] encoding: unknown encoding 'utf-9'"),
        ('[read.bureau]\nencoding = "hex"\n', r"\[read\.bureau\] encoding: unknown encoding 'hex'"),
        ('[read.bureau]\nthousands = "_"\n', r"\[read\.bureau\] thousands: input should be '', ' ', '\.', ',' or"),
        ('[read.bureau]\nthousands = "."\n', r"\[read\.bureau\]: decimal and thousands cannot both be '\.'"),
        ('[read.bureau]\ndecimal = "x"\n', r"\[read\.bureau\] decimal: input should be '\.' or ','"),
        ('[label]\nname = "x"\ntext_fr = "y"\n', r"\[label\]: the key 'text_en' is missing"),
        ('[label]\nname = "x"\ntext_fr = ""\ntext_en = "y"\n', r"\[label\] text_fr: "),
        ('[money]\nperiod = "fortnight"\n', r"\[money\] period: input should be 'month' or 'year', found 'fortnight'"),
        ('[money]\ncurrency = "euro"\n', r"\[money\] currency: "),
        ('[money]\ncharges = "DAYS_BIRTH"\n', r"\[money\] charges: 'DAYS_BIRTH' is no amount"),
        (
            f"[external_scores.EXT_SOURCE_9]\n{SCORE}",
            r"\[external_scores\.EXT_SOURCE_9\] unknown column\. Did you mean",
        ),
        (f"[external_scores.AMT_CREDIT]\n{SCORE}", r"\[external_scores\.AMT_CREDIT\] is no external score"),
        (
            '[external_scores.EXT_SOURCE_1]\nprovider = "x"\nmeaning = "y"\n',
            r"unknown key 'meaning'\. Did you mean 'meaning_fr'\?",
        ),
        (
            "[external_scores.EXT_SOURCE_1]\n" + SCORE.replace("range = [0, 1]\n", ""),
            r"\[external_scores\.EXT_SOURCE_1\] the key 'range' is missing",
        ),
        (
            "[external_scores.EXT_SOURCE_1]\n" + SCORE.replace("[0, 1]", "[1, 0]"),
            r"range: the lowest value comes first",
        ),
        ("[external_scores.EXT_SOURCE_1]\n" + SCORE.replace('"x"', '" "'), r"the key 'provider' holds no text"),
        (
            f'[extra.X]\ntype = "count"\ntext_fr = "x"\ntext_en = "x"\n[external_scores.X]\n{SCORE}',
            r"\[external_scores\.X\] the column is legal = \"allowed\": write legal = \"external\" in \[extra\.X\]",
        ),
        (
            '[extra.X]\ntype = "category"\nlegal = "external"\ntext_fr = "x"\ntext_en = "x"\n[external_scores.X]\n'
            + SCORE,
            r"\[external_scores\.X\] range: a category has none",
        ),
        ('[extra.X]\ntype = "moneys"\ntext_fr = "x"\ntext_en = "x"\n', r"\[extra\.X\] type: input should be 'money'"),
        (
            '[extra.TARGET]\ntype = "flag"\ntext_fr = "x"\ntext_en = "x"\n',
            r"\[extra\.TARGET\] is a column of application already",
        ),
        ('[extra.X]\ntype = "flag"\n', r"\[extra\.X\]: the key 'text_fr' is missing"),
        ("[tables\n", "not readable as TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_near_names(tmp_path: Path, text: str, message: str):
    with pytest.raises(UsageError, match=message):
        load(tmp_path, text)


@pytest.mark.parametrize("key", ["provider", "meaning_fr", "meaning_en", "correction_fr", "correction_en"])
def test_an_incomplete_entry_of_an_external_score_names_the_key(tmp_path: Path, key: str):
    text = "\n".join(line for line in SCORE.splitlines() if not line.startswith(key))
    with pytest.raises(UsageError, match=rf"\[external_scores\.EXT_SOURCE_1\]: the key '{key}' is missing"):
        load(tmp_path, f"[external_scores.EXT_SOURCE_1]\n{text}\n")


def test_an_own_entry_replaces_that_of_a_public_score_and_the_others_stay(tmp_path: Path):
    config = load(tmp_path, WHOLE)
    assert [config.scores[f"EXT_SOURCE_{n}"].provider for n in (1, 2, 3)] == [None, "A bureau", None]
    assert (config.scores["EXT_SOURCE_2"].correction("fr"), config.scores["EXT_SOURCE_2"].range) == (
        "Par courrier.",
        [0, 1],
    )


def test_the_entries_of_the_public_scores_say_that_nobody_is_named_and_whom_to_ask():
    assert list(PUBLIC_SCORES) == ["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]
    for entry in PUBLIC_SCORES.values():
        assert entry.provider is None
        assert "do not name its provider" in entry.meaning("en")
        assert "ne nomment pas son fournisseur" in entry.meaning("fr")
        assert "Demandez au prêteur" in entry.correction("fr")
        assert "Ask the lender" in entry.correction("en")


def test_only_an_external_column_without_an_entry_is_undocumented(tmp_path: Path):
    column = '[extra.{0}]\ntype = "rate"\nlegal = "{1}"\ntext_fr = "x"\ntext_en = "x"\n'
    text = column.format("A", "external") + column.format("B", "external") + column.format("C", "allowed")
    assert load(tmp_path, f"{text}[external_scores.B]\n{SCORE}").undocumented_scores == ("A",)


def test_several_mistakes_are_told_together(tmp_path: Path):
    text = '[money]\nperiod = "fortnight"\nwage = 1\n[label]\nname = "x"\n'
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert len(str(caught.value).splitlines()) == 5


def test_bytes_that_are_no_text_are_told(tmp_path: Path):
    path = tmp_path / "tables.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not readable as TOML"):
        load_config(path)
