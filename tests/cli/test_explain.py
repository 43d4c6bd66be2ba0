"""`garant explain`: one applicant or the whole model, and options that belong to one of the two."""

import pytest

from garant.cli.app import run

PLACES = ["--data", "DATA", "--bundle", "MODEL"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "ID is missing"),
        (["100002", "--global"], "Leave out ID or --global"),
        (["--global", "--stability"], "--stability only explains one applicant"),
        (["--global", "--what-if", "down-payment=1"], "--what-if only explains one applicant"),
        (["--global", "--html", "page.html"], "--html only explains one applicant"),
        (["100002", "--seed", "3"], "--seed only explains the model"),
        (["100002", "--out", "page.html"], "--out only explains the model"),
    ],
)
def test_one_applicant_or_the_model_is_explained_and_not_both(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", *typed, *PLACES]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
