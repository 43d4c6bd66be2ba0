"""Stack Guard: what is told to whom, who looked at what, and who may deploy."""

import json

import pytest

from garant.cloud import names
from garant.cloud.profiles import DEFAULT_PROFILE
from iam_evaluation import allows
from platform_templates import Written
from template_rules import Template, policies, resources, spelled, statements


@pytest.fixture
def guard(written: Written) -> Template:
    return written.templates[names.GUARD]


def test_the_budget_is_told_before_it_is_spent(guard: Template, everything: dict[str, Template]):
    (found,) = resources({"x": guard}, "AWS::Budgets::Budget")
    has = found[1]["Properties"]
    told = {
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"])
        for n in has["NotificationsWithSubscribers"]
    }
    assert ("FORECASTED", 100) in told
    assert ("ACTUAL", 80) in told
    (asked,) = resources({"x": everything[names.GUARD]}, "AWS::Budgets::Budget")
    assert asked[1]["Properties"]["Budget"]["BudgetLimit"] == {"Amount": 120, "Unit": "USD"}


def test_every_alarm_is_told_and_watches_the_machine_by_the_name_that_it_has(guard: Template, batch: Template):
    (machine,) = resources({"x": batch}, "AWS::StepFunctions::StateMachine")
    name = machine[1]["Properties"]["StateMachineName"]
    alarms = {
        a["Properties"]["MetricName"]: a["Properties"] for _, a in resources({"x": guard}, "AWS::CloudWatch::Alarm")
    }
    assert set(alarms) == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsStarted", "ResourceCount"}
    for metric, alarm in alarms.items():
        assert spelled(alarm["AlarmActions"]) == ["<Alerts91F83244>"]
        assert alarm["TreatMissingData"] == "notBreaching"
        if metric != "ResourceCount":
            (dimension,) = alarm["Dimensions"]
            assert dimension["Value"] == f"arn:aws:states:eu-west-3:111122223333:stateMachine:{name}"


def test_workers_that_run_on_are_told_when_no_run_could_need_them(guard: Template, everything: dict[str, Template]):
    def minutes(template: Template) -> float:
        (alarm,) = [
            a["Properties"]
            for _, a in resources({"x": template}, "AWS::CloudWatch::Alarm")
            if a["Properties"]["MetricName"] == "ResourceCount"
        ]
        assert alarm["Statistic"] == "Minimum"
        # A day is the most that an alarm looks back.
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400
        return alarm["Period"] * alarm["EvaluationPeriods"] / 60

    assert minutes(guard) >= 2 * DEFAULT_PROFILE.timeout_minutes
    assert minutes(everything[names.GUARD]) > minutes(guard)


def test_mail_is_sent_only_where_an_address_was_given(guard: Template, everything: dict[str, Template]):
    assert not list(resources({"x": guard}, "AWS::SNS::Subscription"))
    (found,) = resources({"x": everything[names.GUARD]}, "AWS::SNS::Subscription")
    assert found[1]["Properties"]["Endpoint"] == "risk@lender.example"


def test_messages_come_over_tls_from_this_account(guard: Template):
    (policy,) = resources({"x": guard}, "AWS::SNS::TopicPolicy")
    by_sid = {statement["Sid"]: statement for statement in statements(policy[1])}
    assert by_sid["OnlyTls"]["Effect"] == "Deny"
    assert by_sid["AlarmsAndBudget"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_who_reads_an_object_of_a_person_is_written_down(written: Written, guard: Template):
    (trail,) = resources({"x": guard}, "AWS::CloudTrail::Trail")
    has = trail[1]["Properties"]
    (selector,) = has["AdvancedEventSelectors"]
    fields = {each["Field"]: each for each in selector["FieldSelectors"]}
    assert len(fields["resources.ARN"]["StartsWith"]) == 3
    assert "Logs" not in json.dumps(fields["resources.ARN"])
    assert has["EnableLogFileValidation"] is True
    assert has["IsLogging"] is True
    data = written.templates[names.DATA]
    allowed = [s for _, p in resources({"x": data}, "AWS::S3::BucketPolicy") for s in statements(p)]
    (writes,) = [s for s in allowed if s.get("Sid") == "TrailWrites"]
    name = has["TrailName"]
    assert writes["Condition"]["StringEquals"]["aws:SourceArn"].endswith(f":trail/{name}")
    assert f"/{has['S3KeyPrefix']}/AWSLogs/111122223333/*" in spelled(writes["Resource"])
    (key,) = resources({"x": data}, "AWS::KMS::Key")
    (encrypts,) = [s for s in statements(key[1]) if s["Sid"] == "Trail"]
    assert encrypts["Condition"]["StringEquals"]["aws:SourceArn"].endswith(f":trail/{name}")


def test_the_key_opens_nothing_to_other_accounts(written: Written):
    (key,) = resources({"x": written.templates[names.DATA]}, "AWS::KMS::Key")
    for statement in statements(key[1]):
        principal = spelled(statement["Principal"])
        if "AWS" in principal:
            assert principal == {"AWS": "arn:aws:iam::111122223333:root"}
            assert "kms:ReplicateKey" not in statement["Action"]
        else:
            assert "111122223333" in json.dumps(statement["Condition"]), statement["Sid"]


def test_no_role_is_made_for_github_without_a_repository(guard: Template):
    assert not list(resources({"x": guard}, "AWS::IAM::OIDCProvider"))
    assert not list(resources({"x": guard}, "AWS::IAM::Role"))


def test_github_deploys_after_an_approval_and_compares_on_a_pull_request(everything: dict[str, Template]):
    template = everything[names.GUARD]
    (provider,) = resources({"x": template}, "AWS::IAM::OIDCProvider")
    assert provider[1]["Properties"]["Url"] == "https://token.actions.githubusercontent.com"
    subjects = {
        name: role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"][
            "token.actions.githubusercontent.com:sub"
        ]
        for name, role in resources({"x": template}, "AWS::IAM::Role")
    }
    assert sorted(subjects.values()) == [
        "repo:lender/garant:environment:production",
        "repo:lender/garant:pull_request",
    ]


def test_roles_of_github_take_the_roles_of_the_cdk_and_no_others(everything: dict[str, Template]):
    deploy = policies(everything[names.GUARD], "GitHubDeploy")
    compare = policies(everything[names.GUARD], "GitHubCompare")
    of_cdk = f"arn:aws:iam::111122223333:role/cdk-{names.QUALIFIER}-{{}}-111122223333-eu-central-1"
    assert allows(deploy, "sts:AssumeRole", of_cdk.format("deploy-role"))
    assert allows(compare, "sts:AssumeRole", of_cdk.format("lookup-role"))
    assert not allows(compare, "sts:AssumeRole", of_cdk.format("deploy-role"))
    for role in (deploy, compare):
        assert not allows(role, "sts:AssumeRole", of_cdk.format("cfn-exec-role"))
        assert not allows(role, "sts:AssumeRole", "arn:aws:iam::111122223333:role/Admin")
        assert not allows(role, "iam:PassRole", of_cdk.format("cfn-exec-role"))


def test_who_deploys_reads_what_is_deployed_and_who_deploys_after_an_approval_pushes_images(
    everything: dict[str, Template],
):
    deploy = policies(everything[names.GUARD], "GitHubDeploy")
    compare = policies(everything[names.GUARD], "GitHubCompare")
    place = "arn:aws:cloudformation:eu-central-1:111122223333:stack"
    images = "arn:aws:ecr:eu-central-1:111122223333:repository/{}"
    for role in (deploy, compare):
        for action in ("cloudformation:DescribeStacks", "cloudformation:GetTemplate"):
            assert allows(role, action, f"{place}/{names.SERVING}/0a1b")
            assert not allows(role, action, f"{place}/Other/0a1b")
        assert not allows(role, "cloudformation:UpdateStack", f"{place}/{names.SERVING}/0a1b")
    assert allows(deploy, "ecr:PutImage", images.format("garant-service"))
    assert not allows(deploy, "ecr:PutImage", images.format("other"))
    assert not allows(deploy, "ecr:BatchDeleteImage", images.format("garant-service"))
    assert not allows(compare, "ecr:PutImage", images.format("garant-service"))


def test_stacks_use_the_roles_and_the_bucket_that_are_garants_own(written: Written):
    for template in written.templates.values():
        default = template["Parameters"]["BootstrapVersion"]["Default"]
        assert default == f"/cdk-bootstrap/{names.QUALIFIER}/version"
