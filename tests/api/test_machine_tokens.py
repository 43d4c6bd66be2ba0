"""Programs are known by tokens of a real issuer on this machine, and by no other; API keys go on to count."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey
from starlette.responses import PlainTextResponse

from api_world import NewWorld, World
from garant.api.identity_provider import IdentityProvider
from garant.api.kept_answers import FRESH_SECONDS, MOST_SECONDS, PAUSE_SECONDS, KeptAnswer, MustAskError
from garant.api.machine_tokens import MOST_CHARACTERS, MachineTokens
from garant.api.signed_tokens import WrongTokenError
from garant.decisions.access import Principal, Role
from garant.decisions.ids import new_id
from garant.exceptions import ProviderError
from garant.settings import Settings
from oidc_server import (
    AUDIENCE,
    FromNow,
    OidcServer,
    elliptic_key,
    part,
    rsa_key,
    signed_with_public_key,
    started_oidc_server,
    unsigned,
)
from tables.records.corpus import sound

pytestmark = pytest.mark.xdist_group("api")

MODEL = "/v1/models/current"


@pytest.fixture(scope="module")
def running() -> Iterator[OidcServer]:
    """An issuer."""
    with started_oidc_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(new_world: NewWorld) -> World:
    """A service that believes its tokens."""
    return new_world(rate=100_000)


@pytest.fixture
def issuer(running: OidcServer, house: World) -> OidcServer:
    """A good issuer, which the service has not asked yet."""
    running.reset()
    believe(house, machine_tokens(running))
    return running


def machine_tokens(server: OidcServer, **settings: Any) -> MachineTokens:  # noqa: ANN401 - of Settings
    """What knows the tokens of a server."""
    own: dict[str, Any] = {"jwt_issuer": server.url, "jwt_audience": AUDIENCE, **settings}
    made = MachineTokens.of(Settings(**own))
    assert made is not None
    return made


def believe(house: World, tokens: MachineTokens | None) -> None:
    """Let the service know programs by `tokens`."""
    object.__setattr__(house.live.parts, "tokens", tokens)


def ask(house: World, token: str, path: str = MODEL) -> httpx.Response:
    """Ask with a token."""
    return house.client.get(path, headers={"Authorization": f"Bearer {token}"})


def logged(house: World, answer: httpx.Response) -> dict[str, Any]:
    """What the log says of a request; it may follow the answer."""
    for _ in range(500):
        for line in reversed(house.log.getvalue().splitlines()):
            if answer.headers["X-Request-Id"] in line:
                return json.loads(line)
        time.sleep(0.01)
    raise AssertionError("the log says nothing")


# ---------------------------------------------------------------- tokens that count


def test_a_token_opens_what_its_role_may_do_for_its_branch(house: World, issuer: OidcServer) -> None:
    adviser = issuer.machine_token()
    made = house.client.post(
        "/v1/decisions",
        content=json.dumps(sound()),
        headers={
            "Authorization": f"Bearer {adviser}",
            "Idempotency-Key": new_id(),
            "Content-Type": "application/json",
        },
    )
    assert made.status_code == 201, made.text
    place = f"/v1/decisions/{made.json()['id']}"
    seen = ask(house, adviser, place)
    assert seen.status_code == 200
    assert logged(house, seen)["key"] == "jwt:scoring-batch"
    assert ask(house, issuer.machine_token(garant_branch="lyon"), place).status_code == 404
    assert ask(house, issuer.machine_token(garant_branch="lyon", garant_role="auditor"), place).status_code == 200
    refused = house.client.post(
        "/v1/decisions/preview",
        content=json.dumps(sound()),
        headers={
            "Authorization": f"Bearer {issuer.machine_token(garant_role='auditor')}",
            "Content-Type": "application/json",
        },
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:garant:problem:no-scope")
    assert issuer.asked["/keys"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"aud": ["https://other.example", AUDIENCE]},
        {"garant_role": ["staff", "risk"]},
        {"garant_branch": ["lyon"]},
        {"nbf": FromNow(10)},
        {"exp": FromNow(-10)},
        {"exp": FromNow(60.5)},
    ],
)
def test_a_token_may_be_written_as_issuers_write_them(house: World, issuer: OidcServer, change: dict[str, Any]) -> None:
    assert ask(house, issuer.machine_token(**change)).status_code == 200


@pytest.mark.parametrize(
    "head", [{"typ": "at+jwt"}, {"typ": None}, {"typ": "application/AT+JWT"}, {"x-own": "1"}, {"kid": None}]
)
def test_a_head_may_be_written_as_issuers_write_them(house: World, issuer: OidcServer, head: dict[str, Any]) -> None:
    issuer.head = head
    assert ask(house, issuer.machine_token()).status_code == 200


def test_the_algorithms_and_the_claims_are_those_that_are_set(issuer: OidcServer) -> None:
    issuer.key = elliptic_key("elliptic")
    issuer.published = [issuer.key.as_dict(private=False)]
    issuer.person = {"roles": "risk", "agency": "lyon"}
    known = machine_tokens(issuer, jwt_algorithms=("ES256",), jwt_role_claim="roles", jwt_owner_claim="agency")
    assert known.authenticate(issuer.machine_token()) == Principal(id="jwt:scoring-batch", role=Role.RISK, owner="lyon")
    issuer.key = rsa_key("first")
    issuer.published.append(issuer.key.as_dict(private=False))
    with pytest.raises(WrongTokenError):
        known.authenticate(issuer.machine_token())


def test_keys_may_lie_where_the_settings_say(house: World, issuer: OidcServer) -> None:
    believe(house, machine_tokens(issuer, jwt_jwks_url=f"{issuer.url}/keys"))
    assert ask(house, issuer.machine_token()).status_code == 200
    assert set(issuer.asked) == {"/keys"}


# ---------------------------------------------------------------- tokens that open nothing


def other_signer(server: OidcServer) -> str:
    """Signed with another key under the name of the published one."""
    server.key, server.head = rsa_key("other"), {"kid": "first"}
    return server.machine_token()


def unknown_signer(server: OidcServer) -> str:
    """Signed with a key that nobody published."""
    server.key = rsa_key("other")
    return server.machine_token()


def without_name(server: OidcServer) -> str:
    """Not saying which of several keys signed."""
    server.published.append(rsa_key("second").as_dict(private=False))
    server.head = {"kid": None}
    return server.machine_token()


def own_key(server: OidcServer) -> str:
    """Bringing its own key, and an address of keys."""
    server.key = rsa_key("other")
    server.head = {"kid": "first", "jwk": server.key.as_dict(private=False), "jku": f"{server.url}/mine"}
    return server.machine_token()


def weak_key(server: OidcServer) -> str:
    """Signed with a published key that is too short."""
    with pytest.warns(UserWarning, match="2048"):
        server.key = RSAKey.generate_key(1024, {"kid": "weak"})
    server.published.append(server.key.as_dict(private=False))
    return server.machine_token()


def key_for_encryption(server: OidcServer) -> str:
    """Signed with a key that is published for something else."""
    server.key = rsa_key("other")
    server.published.append(server.key.as_dict(private=False) | {"use": "enc"})
    return server.machine_token()


def cut(server: OidcServer) -> str:
    """Without the last letters."""
    return server.machine_token()[:-8]


def changed_inside(server: OidcServer) -> str:
    """With another role than the one that was signed."""
    head, _, signature = server.machine_token().split(".")
    return f"{head}.{part(server.claims(aud=AUDIENCE, garant_role='admin'))}.{signature}"


def with_head(**entries: Any) -> Callable[[OidcServer], str]:  # noqa: ANN401 - JSON
    """A good token with other entries in its head."""

    def make(server: OidcServer) -> str:
        server.head |= entries
        return server.machine_token()

    return make


def with_claims(**claims: Any) -> Callable[[OidcServer], str]:  # noqa: ANN401 - JSON
    """A good token with other claims."""
    return lambda server: server.machine_token(**claims)


WRONG: dict[str, tuple[str, Callable[[OidcServer], str]]] = {
    "unsigned": ("signature", lambda s: unsigned(s.claims(aud=AUDIENCE))),
    "hmac of the public key": ("signature", lambda s: signed_with_public_key(s.claims(aud=AUDIENCE), rsa_key("first"))),
    "another signer": ("signature", other_signer),
    "an unknown signer": ("key", unknown_signer),
    "no name of a key": ("key", without_name),
    "its own key": ("signature", own_key),
    "a weak key": ("key", weak_key),
    "a key for encryption": ("key", key_for_encryption),
    "cut": ("signature", cut),
    "changed inside": ("signature", changed_inside),
    "something that must be understood": ("critical", with_head(crit=["b64"], b64=True)),
    "another kind": ("type", with_head(typ="secevent+jwt")),
    "an algorithm that is a number": ("signature", lambda _: part({"alg": 5}) + ".e30.AA"),
    "a name of a key that is a list": ("signature", lambda _: part({"alg": "RS256", "kid": ["first"]}) + ".e30.AA"),
    "a head that is a list": ("signature", lambda _: part(b'["alg"]') + ".e30.AA"),
    "a head that is deep": ("signature", lambda _: part(b"[" * 370) + ".e30.AA"),
    "no head": ("signature", lambda _: ".."),
    "no JSON": ("signature", lambda _: "aaaa.bbbb.cccc"),
    "two parts": ("signature", lambda _: "aaaa.bbbb"),
    "five parts": ("signature", lambda _: "a.b.c.d.e"),
    "oversized": ("long", lambda s: s.machine_token(filling="x" * MOST_CHARACTERS)[:MOST_CHARACTERS]),
    "another issuer": ("iss", with_claims(iss="https://elsewhere.example")),
    "the issuer with a slash": ("iss", lambda s: s.machine_token(iss=f"{s.url}/")),
    "no issuer": ("iss", with_claims(iss=None)),
    "another audience": ("aud", with_claims(aud="garant-pages")),
    "an audience that begins alike": ("aud", with_claims(aud=AUDIENCE + "/v2")),
    "no audience": ("aud", with_claims(aud=None)),
    "an audience that is an object": ("aud", with_claims(aud={AUDIENCE: 1})),
    "expired": ("expired", with_claims(exp=FromNow(-60))),
    "no end": ("exp", with_claims(exp=None)),
    "an end that is a truth": ("exp", with_claims(exp=True)),
    "not valid yet": ("nbf", with_claims(nbf=FromNow(60))),
    "of the future": ("iat", with_claims(iat=FromNow(60))),
    "no subject": ("sub", with_claims(sub=None)),
    "a subject with a space": ("sub", with_claims(sub="a b")),
    "an endless subject": ("sub", with_claims(sub="a" * 256)),
    "no role": ("role", with_claims(garant_role=None)),
    "an unknown role": ("role", with_claims(garant_role="owner")),
    "two roles": ("role", with_claims(garant_role=["adviser", "admin"])),
    "no branch": ("owner", with_claims(garant_branch=None)),
    "two branches": ("owner", with_claims(garant_branch=["paris", "lyon"])),
    "a branch that is none": ("owner", with_claims(garant_branch="a/b")),
    "bound to a key of its holder": ("bound", with_claims(cnf={"jkt": "x"})),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_is_wrong_in_one_thing_opens_nothing_and_all_are_told_alike(
    house: World, issuer: OidcServer, name: str
) -> None:
    reason, make = WRONG[name]
    token = make(issuer)
    if name == "oversized":
        assert len(token) == MOST_CHARACTERS
        with pytest.raises(WrongTokenError, match="long"):
            house.live.parts.tokens.recognised(token + "x")  # pyright: ignore[reportOptionalMemberAccess]
        token, reason = token + "x", ""
    answer = ask(house, token)
    told = answer.json()
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    if reason:
        assert told["type"] == "urn:garant:problem:wrong-token"
        assert told["detail"].startswith("This token opens nothing here.")
        assert logged(house, answer)["error"] == f"token:{reason}"
    assert token not in answer.text + house.log.getvalue()
    assert "/mine" not in issuer.asked


@given(st.text("ab.=-_0eyJ", max_size=300).filter(lambda text: "." in text))
def test_whatever_looks_like_a_token_is_refused_and_nothing_breaks(text: str) -> None:
    provider = IdentityProvider("https://nobody.example")
    provider._keys._known = (time.monotonic(), (rsa_key("first"),))
    provider._keys._asked = time.monotonic()
    tokens = machine_tokens(OidcServer(url="https://nobody.example"))
    tokens._reader._provider = provider
    with pytest.raises(WrongTokenError):
        tokens.recognised(text)


def test_an_id_token_of_a_person_is_no_key(issuer: OidcServer, house: World) -> None:
    assert ask(house, issuer.signed(issuer.claims(aud="garant-pages", nonce="x"))).status_code == 401


def test_a_token_comes_too_often_like_a_key(new_world: NewWorld, issuer: OidcServer) -> None:
    slow = new_world(rate=1, tokens=machine_tokens(issuer))
    token = issuer.machine_token()
    assert [ask(slow, token).status_code for _ in range(3)] == [200, 429, 429]
    assert ask(slow, issuer.machine_token(sub="another")).status_code == 200


def test_keys_go_on_to_count_and_are_not_asked_of_the_issuer(house: World, issuer: OidcServer) -> None:
    issuer.out_of_order.update({"/keys", "/.well-known/openid-configuration"})
    assert house.get(MODEL).status_code == 200
    assert ask(house, "nonsense").json()["type"] == "urn:garant:problem:wrong-key"
    assert not issuer.asked


def test_without_an_issuer_a_token_is_no_key(house: World, issuer: OidcServer) -> None:
    token = issuer.machine_token()
    believe(house, None)
    assert ask(house, token).json()["type"] == "urn:garant:problem:wrong-key"


# ---------------------------------------------------------------- an issuer that changes its keys, or is away


@pytest.mark.parametrize("how", ["out of order", "no JSON", "no keys", "keys of no use", "another issuer", "away"])
def test_while_the_keys_are_not_known_nobody_is_let_in_and_it_is_said_why(
    house: World, issuer: OidcServer, how: str
) -> None:
    token = issuer.machine_token()
    if how == "out of order":
        issuer.out_of_order.add("/keys")
    elif how == "no JSON":
        issuer.strange["/keys"] = PlainTextResponse("<html>")
    elif how == "no keys":
        issuer.published = []
    elif how == "keys of no use":
        issuer.published = [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}, {"kty": "RSA", "n": 5, "e": "AQAB"}, 7]
    elif how == "another issuer":
        issuer.metadata["issuer"] = "https://elsewhere.example"
    else:
        believe(house, machine_tokens(OidcServer(url="http://127.0.0.1:9")))
    for _ in range(2):
        answer = ask(house, token)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:garant:problem:provider")
        assert answer.headers["Retry-After"]
        assert issuer.url not in answer.text
    # The second one did not ask again: who waits for nothing holds nothing up.
    assert max(issuer.asked.values(), default=0) <= 1


def test_a_new_key_is_learnt_when_somebody_shows_it_and_made_up_names_do_not_make_us_ask(
    house: World, issuer: OidcServer
) -> None:
    assert ask(house, issuer.machine_token()).status_code == 200
    issuer.key = rsa_key("second")
    rotated = issuer.machine_token()
    assert [ask(house, rotated).status_code for _ in range(5)] == [401] * 5
    assert issuer.asked["/keys"] == 1
    issuer.published = [rsa_key("second").as_dict(private=False)]
    age(house, PAUSE_SECONDS + 1)
    assert ask(house, rotated).status_code == 200
    assert issuer.asked["/keys"] == 2
    issuer.key = rsa_key("first")
    assert ask(house, issuer.machine_token()).status_code == 401, "the old key is gone"


def test_keys_that_are_old_are_asked_again_and_count_only_so_long(house: World, issuer: OidcServer) -> None:
    token = issuer.machine_token()
    assert ask(house, token).status_code == 200
    issuer.out_of_order.add("/keys")
    age(house, FRESH_SECONDS + 1)
    assert ask(house, token).status_code == 200, "the issuer is away for a moment"
    assert issuer.asked["/keys"] == 2
    age(house, MOST_SECONDS)
    # The token itself would be good for longer.
    assert ask(house, issuer.machine_token(exp=FromNow(9_000))).status_code == 503
    issuer.out_of_order.clear()
    age(house, PAUSE_SECONDS + 1)
    assert ask(house, token).status_code == 200


def age(house: World, seconds: float) -> None:
    """Let time pass for what is known of the issuer."""
    tokens = house.live.parts.tokens
    assert tokens is not None
    for kept in (tokens._reader._provider._keys, tokens._reader._provider._metadata):
        clock = kept._clock
        kept._clock = lambda clock=clock: clock() + seconds


def test_however_slow_the_issuer_is_keys_and_known_tokens_are_answered_at_once(
    house: World, issuer: OidcServer
) -> None:
    assert ask(house, issuer.machine_token()).status_code == 200
    held = threading.Event()
    tokens = house.live.parts.tokens
    assert tokens is not None
    provider = tokens._reader._provider
    answer = provider.requests.json

    def slow(url: str, **more: Any) -> Any:  # noqa: ANN401 - as it is
        held.wait(20)
        return answer(url, **more)

    age(house, PAUSE_SECONDS + 1)
    provider.requests.json = slow  # pyright: ignore[reportAttributeAccessIssue]
    known = issuer.machine_token()
    issuer.key = rsa_key("second")
    unknown = issuer.machine_token()
    issuer.published = [rsa_key("second").as_dict(private=False)]
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(ask, house, unknown) for _ in range(8)]
        time.sleep(0.3)
        since = time.perf_counter()
        assert ask(house, known).status_code == 200
        assert house.get(MODEL).status_code == 200
        assert house.client.get("/healthz").status_code == 200
        assert time.perf_counter() - since < 5
        assert not any(each.done() for each in waiting)
        held.set()
        # Whoever waited for the new key gets in, by one question for all.
        assert {each.result().status_code for each in waiting} == {200}
    assert issuer.asked["/keys"] == 2


def test_what_is_known_is_told_without_asking_or_not_at_all() -> None:
    now = [0.0]
    answers = iter([{"a"}, {"a", "b"}, ProviderError("away"), {"c"}])

    def told() -> set[str]:
        following = next(answers)
        if isinstance(following, ProviderError):
            raise following
        return following

    kept = KeptAnswer(told, lambda: now[0])
    with pytest.raises(MustAskError):
        kept.value(may_ask=False)
    assert kept.value() == {"a"}
    assert kept.value(lambda known: "b" in known, may_ask=False) == {"a"}
    now[0] = PAUSE_SECONDS
    with pytest.raises(MustAskError):
        kept.value(lambda known: "b" in known, may_ask=False)
    assert kept.value(lambda known: "b" in known) == {"a", "b"}
    now[0] += FRESH_SECONDS + 1
    assert kept.value() == {"a", "b"}, "it was asked again, and failed"
    now[0] += PAUSE_SECONDS - 1
    assert kept.value(may_ask=False) == {"a", "b"}, "a moment ago it failed"
    now[0] = PAUSE_SECONDS + MOST_SECONDS + 1
    with pytest.raises(MustAskError):
        kept.value(may_ask=False)
    assert kept.value() == {"c"}
