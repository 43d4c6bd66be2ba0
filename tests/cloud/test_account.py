"""In which account and region a command works, and that nothing is sent to another."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from aws_server import ACCOUNT, AwsServer
from garant.cloud.account import Account, allowed_region, open_account
from garant.exceptions import CloudError, UsageError
from garant.settings import EU_REGIONS, Settings


@pytest.mark.parametrize("region", ["eu-west-2", "eu-central-2", "us-east-1", "cn-north-1", "eu-west-33", "EU-WEST-3"])
def test_a_region_outside_the_union_is_refused_before_anything_is_sent(aws: AwsServer, region: str) -> None:
    before = aws.requests()
    with pytest.raises(UsageError, match=rf"{region} is outside the European Union.*eu-west-3.*Nothing was sent"):
        open_account(Settings(), region=region)
    assert aws.requests() == before


def test_a_region_of_the_environment_is_judged_too(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    before = aws.requests()
    with pytest.raises(UsageError, match="eu-west-2 is outside"):
        open_account(Settings())
    assert aws.requests() == before


def test_a_region_of_the_aws_configuration_is_judged_too(
    aws: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("aws") / "config"
    file.write_text("[profile elsewhere]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "elsewhere")
    monkeypatch.delenv("AWS_REGION")
    before = aws.requests()
    with pytest.raises(UsageError, match="us-east-1 is outside"):
        open_account(Settings())
    assert aws.requests() == before


def test_every_region_of_the_union_is_taken() -> None:
    assert [allowed_region(region, Settings()) for region in EU_REGIONS] == [*EU_REGIONS]


def test_the_setting_narrows_what_is_allowed_and_never_widens_it() -> None:
    with pytest.raises(UsageError, match="eu-west-1 is excluded by the setting"):
        allowed_region("eu-west-1", Settings(regions=("eu-west-3",)))
    with pytest.raises(UsageError, match="us-east-1 is outside the European Union"):
        allowed_region("us-east-1", Settings(regions=("us-east-1",)))


def test_an_unknown_region_is_asked_for(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    before = aws.requests()
    with pytest.raises(UsageError, match=r"The region is not known\. Give --region"):
        open_account(Settings())
    assert aws.requests() == before


def test_an_address_of_aws_elsewhere_is_refused(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_RDS", "https://rds.us-east-1.amazonaws.com")
    before = aws.requests()
    with pytest.raises(
        UsageError, match=r"rds.us-east-1.amazonaws.com .* is not in region eu-west-3. Nothing was sent"
    ):
        open_account(Settings())
    assert aws.requests() == before


def test_it_is_said_whose_credentials_they_are(account: Account) -> None:
    assert (account.id, account.region, account.partition) == (ACCOUNT, "eu-west-3", "aws")


def test_without_credentials_it_is_said_what_to_do(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    before = aws.requests()
    with pytest.raises(UsageError, match=r"No usable credentials of AWS .*AWS_PROFILE"):
        open_account(Settings())
    assert aws.requests() == before


def test_an_unknown_profile_is_named(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    before = aws.requests()
    with pytest.raises(UsageError, match=r"nobody.*Set AWS_PROFILE to one of the AWS configuration"):
        open_account(Settings())
    assert aws.requests() == before


def test_a_refusal_of_aws_says_which_request_and_why(account: Account) -> None:
    with pytest.raises(CloudError, match=r"kms describe-key in eu-west-3: AWS refused \(NotFoundException\)"):
        account.ask("kms", "describe_key", KeyId="alias/nothing")


class _NoAws(BaseHTTPRequestHandler):
    """Something that answers and is no AWS."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        pass


@pytest.mark.usefixtures("aws")
def test_what_answers_and_is_no_aws_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), _NoAws) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        try:
            with pytest.raises(CloudError, match=r"sts get-caller-identity.*Check the network"):
                open_account(Settings())
        finally:
            server.shutdown()
            thread.join()
