"""People log in at a real provider on this machine; whatever it or somebody between says wrongly opens nothing."""

import json
import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pydantic import SecretStr
from starlette.responses import PlainTextResponse, RedirectResponse

from garant.dashboard import begun_logins
from garant.dashboard.app import served_pages
from garant.dashboard.oidc import OidcLogin, OidcOptions
from garant.dashboard.parts import Dashboard, DashboardOptions
from garant.settings import Settings
from oidc_server import (
    CLIENT,
    HOSTILE,
    SECRET,
    SUBJECT,
    OidcServer,
    elliptic_key,
    rsa_key,
    signed_with_public_key,
    started_oidc_server,
    unsigned,
)

if TYPE_CHECKING:
    from dashboard_world import NewPages, Pages

ANSWER = "La réponse du fournisseur d’identité n’est pas fiable"


@pytest.fixture(scope="module")
def running() -> Iterator[OidcServer]:
    """A provider."""
    with started_oidc_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(new_pages: "NewPages", running: OidcServer) -> "Pages":
    """Pages where people log in at the provider."""
    made = new_pages(options=DashboardOptions(is_secure=False, oidc=options(running)))
    running.redirects.append(f"{str(made.client.base_url).rstrip('/')}/login/return")
    return made


@pytest.fixture
def provider(running: OidcServer, house: "Pages") -> OidcServer:
    """A good provider, which the pages have not asked yet."""
    running.reset()
    dashboard(house).oidc = OidcLogin(options(running))
    return running


def options(server: OidcServer, **changed: Any) -> OidcOptions:  # noqa: ANN401 - of OidcOptions
    """What the pages know of the provider."""
    own: dict[str, Any] = {"issuer": server.url, "client_id": CLIENT, "client_secret": SecretStr(SECRET), **changed}
    return OidcOptions(**own)


def dashboard(house: "Pages") -> Dashboard:
    """State of the pages."""
    return house.app.state.dashboard


@pytest.fixture(scope="module")
def one_browser(house: "Pages") -> Iterator[httpx.Client]:
    """A browser that goes wherever it is led; to make one takes longer than a login."""
    with httpx.Client(base_url=house.client.base_url, follow_redirects=True, timeout=30) as client:
        yield client


@pytest.fixture
def browser(one_browser: httpx.Client) -> httpx.Client:
    """The same, without any cookie."""
    one_browser.cookies.clear()
    return one_browser


def log_in(browser: httpx.Client, path: str = "/fr/login?next=/fr/wanted") -> httpx.Response:
    """Click on the one link of the login page, and see where it ends.

    The page that is wanted does not exist: its head says who is logged in, and nothing else has to work.
    """
    shown = browser.get(path)
    assert shown.status_code == 200, shown.text
    (link,) = re.findall(r'class="button" href="([^"]+)"', shown.text)
    return browser.get(link)


def is_in(browser: httpx.Client) -> bool:
    """Whether somebody is logged in: the head of every page then says who."""
    return 'action="/fr/logout"' in browser.get("/fr/nothing").text


def returned(house: "Pages", browser: httpx.Client) -> tuple[str, dict[str, str]]:
    """Leave for the provider and stop before its answer is handed in; its address, and its parameters."""
    asked = browser.get("/fr/login/provider?next=/fr/wanted", follow_redirects=False)
    answer = browser.get(asked.headers["location"], follow_redirects=False).headers["location"]
    assert answer.startswith(str(house.client.base_url))
    return answer, {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}


# ---------------------------------------------------------------- the way there and back


def test_somebody_logs_in_at_the_provider_and_comes_back_to_the_page_they_wanted(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    ended = log_in(browser)
    assert ended.url.path == "/fr/wanted"
    assert "Anne Martin · Chargé de clientèle · paris" in ended.text
    assert f'"key": "oidc:{SUBJECT}"' in house.log.getvalue()
    assert [each.url.path for each in ended.history] == ["/fr/login/provider", "/authorize", "/login/return"]
    assert provider.seen[0]["ui_locales"] == "fr"
    # What was on the way is forgotten, and nothing secret was ever in an address or in the log.
    assert set(browser.cookies) == {"garant"}
    verifier = provider.seen[1]["code_verifier"]
    spoken = "".join(str(each.url) for each in ended.history) + house.log.getvalue()
    assert not [
        secret for secret in (verifier, SECRET, provider.seen[1]["code"] + '"') if secret in house.log.getvalue()
    ]
    assert verifier not in spoken


def test_every_login_has_its_own_secrets(provider: OidcServer, browser: httpx.Client, house: "Pages"):
    for _ in range(2):
        returned(house, browser)
    first, second = provider.seen
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_of_the_way_is_kept_from_scripts_and_other_sites(
    new_pages: "NewPages",
    provider: OidcServer,
    secure: bool,  # noqa: FBT001 - a parameter
):
    url = "https://garant.bank.example"
    pages = new_pages(options=DashboardOptions(is_secure=secure, oidc=options(provider, public_url=url)))
    answer = pages.client.get("/en/login/provider")
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert (cookie.key, bool(cookie["secure"])) == (("__Host-" if secure else "") + "garant-login", secure)
    assert int(cookie["max-age"]) <= 600
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{url}/login/return"]


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example/fr/", "/fr//elsewhere", "/\\elsewhere", "javascript:x"],
)
def test_coming_back_leads_to_no_other_host(provider: OidcServer, browser: httpx.Client, wanted: str):
    _ = provider
    asked = browser.get("/fr/login/provider", params={"next": wanted})
    places = [each.headers["location"] for each in asked.history]
    assert places[2] == "/fr/"
    assert not [place for place in places if "elsewhere" in place]


def test_the_claims_may_have_other_names_and_a_role_among_foreign_groups(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    dashboard(house).oidc = OidcLogin(
        options(
            provider, role_claim="https://bank.example/groups", owner_claim="agency", name_claim="preferred_username"
        )
    )
    provider.person = {
        "https://bank.example/groups": ["staff", "risk", "lunch"],
        "agency": ["lyon-3"],
        "preferred_username": "ç. dupont",
    }
    assert "ç. dupont · Gestionnaire des risques · lyon-3" in log_in(browser).text


def test_what_the_id_token_does_not_tell_is_asked_of_the_provider(provider: OidcServer, browser: httpx.Client):
    provider.only_userinfo = {"name": "Anne Martin", "garant_role": "auditor"}
    provider.person = {"garant_branch": "paris"}
    assert "Anne Martin · Auditeur · paris" in log_in(browser).text
    assert provider.asked["/userinfo"] == 1


def test_an_id_token_wins_over_what_is_asked_afterwards(provider: OidcServer, browser: httpx.Client):
    provider.only_userinfo = {"name": "Anne Martin", "garant_role": "admin"}
    provider.person = {"garant_branch": "paris", "garant_role": "adviser"}
    assert "Chargé de clientèle" in log_in(browser).text


def test_somebody_else_is_not_taken_for_who_logged_in(provider: OidcServer, browser: httpx.Client):
    provider.only_userinfo = {"name": "Anne Martin", "garant_role": "admin", "sub": "another"}
    provider.person = {"garant_branch": "paris"}
    assert ANSWER in log_in(browser).text
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("methods", "secret", "expected"),
    [
        (["client_secret_basic", "client_secret_post"], SECRET, "client_secret_basic"),
        (None, SECRET, "client_secret_basic"),
        (["client_secret_post"], SECRET, "client_secret_post"),
        (["none"], None, "none"),
    ],
)
def test_garant_proves_itself_as_the_provider_can_read_it(
    house: "Pages",
    provider: OidcServer,
    browser: httpx.Client,
    methods: list[str] | None,
    secret: str | None,
    expected: str,
):
    provider.metadata["token_endpoint_auth_methods_supported"] = methods
    dashboard(house).oidc = OidcLogin(options(provider, client_secret=secret and SecretStr(secret)))
    log_in(browser)
    assert is_in(browser)
    assert provider.authentication == expected


# ---------------------------------------------------------------- tokens that open nothing

Fault = Callable[[OidcServer], None]


def changed(**claims: Any) -> Fault:  # noqa: ANN401 - claims
    """A provider whose tokens hold other claims."""
    return lambda server: server.change.update(claims)


def replaced(make: Callable[[OidcServer], Any]) -> Fault:
    """A provider that gives another ID token."""

    def fault(server: OidcServer) -> None:
        server.token_change["id_token"] = make(server)

    return fault


def another_key(server: OidcServer) -> None:
    """Sign with a key that nobody published, under the name of one that is."""
    server.key, server.head["kid"] = rsa_key("other"), "first"


def unknown_key(server: OidcServer) -> None:
    """Sign with a key that nobody published."""
    server.key = rsa_key("other")


def own_key_in_head(server: OidcServer) -> None:
    """Bring the key in the token itself."""
    server.key = rsa_key("other")
    server.head |= {"kid": "first", "jwk": rsa_key("other").as_dict(private=False)}


def another_algorithm(server: OidcServer) -> None:
    """Sign well, with a published key, by an algorithm that is not set."""
    server.key = elliptic_key("elliptic")
    server.published.append(elliptic_key("elliptic").as_dict(private=False))


def good_claims(server: OidcServer) -> dict[str, Any]:
    """Claims that lack nothing but a signature, for somebody who knows the nonce."""
    return server.claims(aud=CLIENT, nonce=server.seen[-1]["nonce"] if server.seen else "")


FAULTS: dict[str, tuple[str, Fault]] = {
    "another nonce": ("nonce", changed(nonce="of-another-login")),
    "no nonce": ("nonce", changed(nonce=None)),
    "for another client": ("aud", changed(aud="another-client")),
    "for nobody": ("aud", changed(aud=None)),
    "for several, and given to another": ("azp", changed(aud=[CLIENT, "x"], azp="x")),
    "for several, and given to nobody": ("azp", changed(aud=[CLIENT, "x"])),
    "of another issuer": ("iss", changed(iss="https://elsewhere.example")),
    "of no issuer": ("iss", changed(iss=None)),
    "expired": ("expired", changed(exp=1_700_000_000)),
    "without an end": ("exp", changed(exp=None)),
    "with an end that is no time": ("exp", changed(exp="tomorrow")),
    "of the future": ("iat", changed(iat=4_000_000_000, exp=4_000_000_300)),
    "not valid yet": ("nbf", changed(nbf=4_000_000_000)),
    "of no time": ("iat", changed(iat=None)),
    "beside another access token": ("at_hash", changed(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    "about nobody": ("sub", changed(sub=None)),
    "about a list": ("sub", changed(sub=["a"])),
    "about somebody with a line feed": ("sub", changed(sub="a\nb")),
    "about somebody with an endless id": ("sub", changed(sub="a" * 256)),
    "signed by another": ("signature", another_key),
    "signed by nobody known": ("key", unknown_key),
    "with its own key": ("signature", own_key_in_head),
    "by another algorithm": ("signature", another_algorithm),
    "with a head that must be understood": ("critical", lambda s: s.head.update(crit=["b64"], b64=True)),
    "of another kind": ("type", lambda s: s.head.update(typ="logout+jwt")),
    "missing": ("no-id-token", lambda s: s.token_change.update(id_token=None)),
    "a number": ("no-id-token", lambda s: s.token_change.update(id_token=5)),
    "endless": ("no-id-token", lambda s: s.token_change.update(id_token="e" * 20_000)),
    "no token": ("signature", lambda s: s.token_change.update({"id_token": "a.b.c"})),
    "encrypted": ("signature", lambda s: s.token_change.update({"id_token": "a.b.c.d.e"})),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_id_token_that_is_wrong_in_one_thing_logs_nobody_in(
    house: "Pages", provider: OidcServer, browser: httpx.Client, name: str
):
    reason, fault = FAULTS[name]
    fault(provider)
    ended = log_in(browser)
    assert (ended.status_code, ended.url.path) == (403, "/fr/login")
    assert ANSWER in ended.text
    assert not is_in(browser)
    assert f'"error": "login:{reason}"' in house.log.getvalue()[-4_000:]


@pytest.mark.parametrize("forged", ["unsigned", "hmac"])
def test_a_token_without_a_signature_that_counts_logs_nobody_in_though_all_else_is_right(
    house: "Pages", provider: OidcServer, browser: httpx.Client, forged: str
):
    address, _ = returned(house, browser)
    claims = good_claims(provider)
    provider.token_change["id_token"] = (
        unsigned(claims) if forged == "unsigned" else signed_with_public_key(claims, rsa_key("first"))
    )
    ended = browser.get(address)
    assert ANSWER in ended.text
    assert not is_in(browser)
    # The same claims, signed, are let in: it was the signature.
    address, _ = returned(house, browser)
    provider.token_change["id_token"] = provider.signed(good_claims(provider))
    browser.get(address)
    assert is_in(browser)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"garant_role": None}, "aucun rôle"),
        ({"garant_role": "owner"}, "aucun rôle"),
        ({"garant_role": ["adviser", "reviewer"]}, "aucun rôle"),
        ({"garant_role": {"adviser": True}}, "aucun rôle"),
        ({"garant_role": "Adviser"}, "aucun rôle"),
        ({"garant_role": []}, "aucun rôle"),
        ({"garant_role": ["adviser"] + ["x"] * 300}, "aucun rôle"),
        ({"garant_branch": None}, "quelle agence"),
        ({"garant_branch": "a b"}, "quelle agence"),
        ({"garant_branch": ["paris", "lyon"]}, "quelle agence"),
        ({"garant_branch": ["paris", "a b"]}, "quelle agence"),
        ({"garant_branch": "x" * 51}, "quelle agence"),
        ({"name": None}, "sans nom"),
        ({"name": "  "}, "sans nom"),
        ({"name": "Anne\nMartin"}, "sans nom"),
        ({"name": ["Anne"]}, "sans nom"),
        ({"name": "x" * 201}, "sans nom"),
    ],
)
def test_somebody_without_exactly_one_role_branch_and_name_is_told_so(
    provider: OidcServer, browser: httpx.Client, person: dict[str, Any], said: str
):
    provider.person |= person
    ended = log_in(browser)
    assert ended.status_code == 403
    assert said in ended.text
    assert not is_in(browser)


# ---------------------------------------------------------------- answers that are none to this login


def test_an_answer_counts_once(house: "Pages", provider: OidcServer, browser: httpx.Client):
    _ = provider
    address, _ = returned(house, browser)
    assert browser.get(address).url.path == "/fr/wanted"
    browser.cookies.clear()
    again = browser.get(address)
    assert again.url.path.endswith("/login")
    assert again.status_code == 403
    assert not is_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"state": ""},
        {"state": None},
        {"state": "é"},
        {"again": "state"},
        {"again": "code"},
        {"code": None},
        {"code": "x" * 3_000},
        {"code": "a\nb"},
    ],
)
def test_an_answer_with_another_state_or_code_logs_nobody_in(
    house: "Pages", provider: OidcServer, browser: httpx.Client, change: dict[str, str | None]
):
    _ = provider
    _, answer = returned(house, browser)
    doubled = change.get("again")
    pairs = [(name, value) for name, value in {**answer, **change}.items() if value is not None and name != "again"]
    ended = browser.get("/login/return", params=[*pairs, *([(doubled, answer[doubled])] if doubled else [])])
    assert (ended.status_code, ended.url.path) == (403, "/fr/login")
    assert not is_in(browser)


def test_an_answer_for_another_browser_logs_nobody_in(house: "Pages", provider: OidcServer, browser: httpx.Client):
    _ = provider
    address, _ = returned(house, browser)
    with httpx.Client(base_url=house.client.base_url, follow_redirects=True) as victim:
        assert "Recommencez" in victim.get(address, headers={"accept-language": "fr"}).text
        returned(house, victim)
        assert "Recommencez" in victim.get(address).text
        assert not is_in(victim)
    # And whoever had begun it is not thrown off the way by a foreign answer.
    browser.get("/login/return?state=foreign&code=x")
    assert browser.get(address).url.path == "/fr/wanted"


def test_whoever_takes_longer_than_ten_minutes_begins_again(
    house: "Pages", provider: OidcServer, browser: httpx.Client, monkeypatch: pytest.MonkeyPatch
):
    _ = provider
    address, _ = returned(house, browser)
    monkeypatch.setattr(begun_logins, "SECONDS", -1)
    ended = browser.get(address, headers={"accept-language": "en"})
    assert "Begin again" in ended.text
    assert not is_in(browser)


def test_a_changed_cookie_of_the_way_is_none(house: "Pages", provider: OidcServer, browser: httpx.Client):
    _ = provider
    address, _ = returned(house, browser)
    name = dashboard(house).begun.cookie  # pyright: ignore[reportOptionalMemberAccess]
    value = browser.cookies[name]
    browser.cookies.clear()
    for wrong in ("", "{}", value[:-1], f"x{value}", value.replace(".", "")):
        answer = browser.get(address, headers={"cookie": f"{name}={wrong}"}, follow_redirects=False)
        assert "refused=stale" in answer.headers["location"]


def test_a_code_is_of_use_only_with_the_secret_of_who_began(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    _, answer = returned(house, browser)
    stolen = answer["code"]
    # The thief has begun a login of their own and puts the stolen code into its answer.
    _, own = returned(house, browser)
    ended = browser.get("/login/return", params={**own, "code": stolen})
    assert ANSWER in ended.text
    assert not is_in(browser)
    assert provider.seen[-1]["code"] == stolen


def test_an_answer_of_another_provider_is_refused(house: "Pages", provider: OidcServer, browser: httpx.Client):
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    provider.names_itself = provider.url
    assert log_in(browser).url.path == "/fr/wanted"
    for named in ("https://elsewhere.example", ""):
        browser.cookies.clear()
        provider.names_itself = named
        assert ANSWER in log_in(browser).text
    assert not is_in(browser)
    assert '"error": "login:iss"' in house.log.getvalue()


# ---------------------------------------------------------------- a provider that says no, or nothing


@pytest.mark.parametrize(
    ("error", "said"), [("access_denied", "ne vous a pas laissé entrer"), ("server_error", ANSWER)]
)
def test_what_the_provider_says_is_told_in_our_words_alone(
    house: "Pages", provider: OidcServer, browser: httpx.Client, error: str, said: str
):
    provider.error = error
    ended = log_in(browser)
    assert said in ended.text
    assert not [word for word in ("stolen", "script>alert", error) if word in ended.text]
    assert "stolen" not in str(ended.url) + house.log.getvalue()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize("how", ["out of order", "no JSON", "a list", "elsewhere", "large"])
def test_while_the_provider_is_out_of_order_nobody_is_let_in(
    provider: OidcServer, browser: httpx.Client, path: str, how: str
):
    if how == "out of order":
        provider.out_of_order.add(path)
    else:
        provider.strange[path] = {
            "no JSON": PlainTextResponse(HOSTILE),
            "a list": PlainTextResponse("[" * 5_000),
            "elsewhere": RedirectResponse(f"{provider.url}/userinfo"),
            "large": PlainTextResponse(" " * 600_000 + "{}"),
        }[how]
    ended = log_in(browser)
    assert ended.url.path == "/fr/login"
    assert (ended.status_code, "ne répond pas" in ended.text) == (503, True) or (path, how) == ("/token", "elsewhere")
    assert "stolen" not in ended.text
    assert provider.asked["/userinfo"] == 0
    assert not is_in(browser)


def test_a_provider_that_is_away_is_told_and_nothing_else_waits(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    _ = provider
    dashboard(house).oidc = OidcLogin(OidcOptions(issuer="http://127.0.0.1:9", client_id=CLIENT))
    ended = log_in(browser)
    assert (ended.status_code, ended.url.path) == (503, "/fr/login")
    assert "next=/fr/wanted" in str(ended.url)
    assert httpx.get(f"{house.client.base_url}/healthz").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"jwks_uri": ["x"]},
    ],
)
def test_a_discovery_document_that_cannot_be_relied_on_logs_nobody_in(
    provider: OidcServer, browser: httpx.Client, change: dict[str, Any]
):
    provider.metadata |= change
    ended = log_in(browser)
    assert (ended.status_code, ended.url.path) == (503, "/fr/login")
    assert not is_in(browser)


def test_a_new_key_is_learnt_and_made_up_ones_do_not_make_us_ask(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    log_in(browser)
    assert provider.asked["/keys"] == 1
    provider.key = elliptic_key("made up")
    for _ in range(3):
        browser.cookies.clear()
        assert ANSWER in log_in(browser).text
    assert provider.asked["/keys"] == 1
    # Later the provider changes its key, as it does from time to time.
    oidc = dashboard(house).oidc
    assert oidc is not None
    clock = oidc.provider._keys._clock
    oidc.provider._keys._clock = lambda: clock() + 11
    provider.key = rsa_key("second")
    provider.published = [rsa_key("second").as_dict(private=False)]
    log_in(browser)
    assert is_in(browser)
    assert provider.asked["/keys"] == 2


# ---------------------------------------------------------------- leaving, and what is shown


def test_logging_out_ends_the_session_here_and_shows_the_way_to_end_that_of_the_provider(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    page = log_in(browser)
    (csrf,) = re.findall(r'name="csrf" value="([^"]+)"', page.text)
    ended = browser.post("/fr/logout", data={"csrf": csrf})
    assert (ended.status_code, ended.url.path) == (200, "/fr/logged-out")
    assert not is_in(browser)
    (link,) = re.findall(r'class="button" href="([^"]+)"', ended.text)
    address = urlsplit(link.replace("&amp;", "&"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/end"
    assert parse_qs(address.query) == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": [str(house.client.base_url).rstrip("/") + "/"],
        "ui_locales": ["fr"],
    }


@pytest.mark.parametrize("how", ["no such place", "away"])
def test_where_the_provider_offers_no_logout_there_is_no_link_to_one(
    house: "Pages", provider: OidcServer, browser: httpx.Client, how: str
):
    if how == "away":
        dashboard(house).oidc = OidcLogin(OidcOptions(issuer="http://127.0.0.1:9", client_id=CLIENT))
    provider.metadata["end_session_endpoint"] = None
    shown = browser.get("/en/logged-out")
    assert shown.status_code == 200
    assert "You are logged out" in shown.text
    assert 'class="button"' not in shown.text


def test_whoever_has_real_logins_has_no_demonstration_login(running: OidcServer, new_pages: "NewPages"):
    own = Settings(oidc_issuer=running.url, oidc_client_id=CLIENT, oidc_client_secret=SecretStr(SECRET))
    pages = new_pages()
    served_pages(own, False)(pages.app)  # noqa: FBT003 - nobody else reaches it
    assert not dashboard(pages).options.local_login
    assert SECRET not in repr(dashboard(pages).options) + repr(own)
    shown = pages.client.get("/fr/login")
    assert 'name="role"' not in shown.text
    assert "Se connecter avec le compte professionnel" in shown.text
    fields = {"name": "B. Durand", "role": "admin", "owner": "paris"}
    assert pages.client.post("/fr/login", data=fields).status_code == 404


def test_without_a_provider_its_pages_are_not_there(world: "Pages"):
    for path in ("/fr/login/provider", "/login/return", "/fr/logged-out"):
        answer = world.client.get(path)
        assert answer.status_code == 404
        assert "text/html" in answer.headers["content-type"]


def test_the_log_says_who_logged_in_and_why_somebody_could_not(
    house: "Pages", provider: OidcServer, browser: httpx.Client
):
    provider.person["garant_role"] = "owner"
    log_in(browser)
    lines = [json.loads(line) for line in house.log.getvalue().splitlines()]
    (told,) = [line for line in lines[-20:] if line.get("problem") == "login-role"][-1:]
    assert (told["route"], told["error"], told["status"]) == ("/login/return", "login:role", 303)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_a_real_browser_under_the_strict_policy_one_gets_in_and_out(
    chromium: Browser, house: "Pages", provider: OidcServer, language: str
):
    context = chromium.new_context(base_url=str(house.client.base_url))
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    try:
        provider.person["garant_role"] = "owner"
        page.goto(f"/{language}/login?next=/{language}/wanted")
        require_readable(page)
        page.locator("a.button").click()
        page.locator("[role=alert]").wait_for()
        page.wait_for_load_state("networkidle")
        assert "code=" not in page.url
        require_readable(page)
        provider.person["garant_role"] = "risk"
        heard.clear()
        page.locator("a.button").click()
        assert "Anne Martin" in page.locator(".who").inner_text()
        page.locator(".who button").click()
        page.wait_for_url(f"**/{language}/logged-out")
        require_readable(page)
        with page.expect_request(lambda request: request.url.startswith(f"{provider.url}/end?")):
            page.locator("a.button").click()
        assert not [text for text in heard if "policy" in text.lower()]
    finally:
        context.close()


def require_readable(page: Page) -> None:
    """Nothing that other eyes or a small screen would miss, once the page is there."""
    page.wait_for_load_state("networkidle")
    page.locator("main h1").wait_for()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
        assert not Axe().run(page, options=rules).response["violations"]
