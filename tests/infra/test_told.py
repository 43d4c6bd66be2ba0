"""Templates say what they were told, so that a deployment changes only what it names."""

from dataclasses import fields

from garant.cloud.names import TOLD
from garant.cloud.told import PLATFORM, SERVICE
from platform_templates import Written
from template_rules import Template


def test_every_template_says_what_it_was_told(everything: dict[str, Template]):
    told = {name: template["Metadata"][TOLD] for name, template in everything.items()}
    assert len(told) == 3
    for said in told.values():
        schedule = said.pop("schedule")
        assert schedule.endswith("schedule.json")
        assert said == {
            "profile": "medium",
            "github": "lender/garant",
            "mail": "risk@lender.example",
            "interactive": "true",
            "budget": "120",
        }


def test_a_template_that_was_told_nothing_says_nothing(written: Written):
    assert [template["Metadata"][TOLD] for template in written.templates.values()] == [{}, {}, {}]


def test_every_entry_that_the_templates_read_is_remembered():
    from garant_infra.context import Wanted
    from garant_infra.serving_context import ServingWanted

    assert {field.name for field in fields(Wanted)} - {"serving"} == {*PLATFORM}
    assert {field.name.removeprefix("is_") for field in fields(ServingWanted)} == {*SERVICE}
