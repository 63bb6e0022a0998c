"""Signing in at an OpenID Connect provider: a real small one that signs tokens, honest and not."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from collector.people.accounts import invite, lock
from collector.people.provider import Provider, ProviderError
from collector.people.settings import Oidc, read_oidc
from seepline.toml_file import Faulty
from tests.collector.people.conftest import CSRF, SECRET

TOML = """[oidc]
name = "The mine's sign-in"
issuer = "{url}"
client_id = "seepline"
client_secret_file = "oidc.secret"
redirect_url = "http://127.0.0.1:8000/signin/back"
claim = "email"
shows_second_factor = false
[oidc.persons]
"i.petrov@mine.example" = "inspector"
"o.petrov@mine.example" = "operator"
"""
SECRET_TEXT = "the client's own secret"


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"})


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Identity:
    """A provider; `claims` are laid over the honest ones, `key` signs."""

    url: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    about: dict[str, object] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    forge: Callable[[str, str], str] | None = None  # makes the token of a header and its claims
    algorithm: str = "RS256"
    tokens: list[dict[str, str]] = field(default_factory=list)

    def configuration(self) -> dict[str, object]:
        plain = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
        }
        return {**plain, "jwks_uri": f"{self.url}/keys", **self.about}

    def keys(self) -> dict[str, object]:
        return {"keys": [self.key.as_dict(private=False)]}

    def token(self, form: dict[str, str]) -> dict[str, str]:
        self.tokens.append(form)
        now_s = int(time.time())
        said = {
            "iss": self.url, "aud": "seepline", "sub": "7", "iat": now_s, "exp": now_s + 300,
            "nonce": self.asked["nonce"], "email": "i.petrov@mine.example", "email_verified": True, **self.claims,
        }  # fmt: skip
        if self.forge:
            head = packed(json.dumps({"alg": self.algorithm, "kid": "1"}).encode())
            return {"id_token": self.forge(head, packed(json.dumps(said).encode()))}
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "1"}, said, self.key), "token_type": "Bearer"}


def serving(identity: Identity) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = urlsplit(self.path).path
            found = {"/.well-known/openid-configuration": identity.configuration, "/keys": identity.keys}[path]()
            self._answer(found)

        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(identity.token({key: values[0] for key, values in parse_qs(text).items()}))

        def _answer(self, found):
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def identity() -> Iterator[Identity]:
    made = Identity()
    server = serving(made)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def prepared(identity):
    """What the data directory holds before the collector starts."""
    return {"people.toml": TOML.format(url=identity.url), "oidc.secret": SECRET_TEXT}


@pytest.fixture
def honest(identity) -> Iterator[Identity]:
    yield identity
    identity.claims, identity.about, identity.forge = {}, {}, None
    identity.tokens.clear()


async def there(browser, identity) -> dict[str, str]:
    """Go to the provider and return what it was asked."""
    page = await browser.get("/signin")
    assert "The mine&#39;s sign-in" in page.text
    answer = await browser.get("/signin/provider")
    asked = urlsplit(answer.headers["location"])
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{identity.url}/auth"
    identity.asked = {key: values[0] for key, values in parse_qs(asked.query).items()}
    return identity.asked


async def test_whom_the_provider_names_is_signed_in_when_an_account_is_there(house, honest):
    async with house.browser() as browser:
        asked = await there(browser, honest)
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == "http://127.0.0.1:8000/signin/back"
        back = {"code": "abc", "state": asked["state"]}
        assert (await browser.get("/signin/back", params=back)).status_code == 403  # no account is made by itself
        invite(house.book, "inspector", house.real_ms)
        back["state"] = (await there(browser, honest))["state"]
        answer = await browser.get("/signin/back", params=back)
        assert answer.headers["location"] == "../"
        assert "The inspector" in (await browser.get("/")).text
        assert honest.tokens[-1]["client_secret"] == SECRET_TEXT
        assert honest.tokens[-1]["code"] == "abc"
        assert len(honest.tokens[-1]["code_verifier"]) == 64
        lock(house.book, "inspector", True)
        back["state"] = (await there(browser, honest))["state"]
        assert (await browser.get("/signin/back", params=back)).status_code == 403


async def test_a_role_that_signs_shows_a_code_here_all_the_same(house, honest):
    invite(house.book, "operator", house.real_ms)
    honest.claims = {"email": "o.petrov@mine.example"}
    async with house.browser() as browser:
        asked = await there(browser, honest)
        await browser.get("/signin/back", params={"code": "abc", "state": asked["state"]})
        assert (await browser.get("/")).headers["location"] == "./totp"
        page = (await browser.get("/totp")).text
        house.codes["operator"] = SECRET.search(page)[1]
        before = browser.cookies["seepline_session"]
        form = {"csrf": CSRF.search(page)[1], "code": house.code("operator")}
        assert (await browser.post("/totp", data=form)).status_code == 303
        assert browser.cookies["seepline_session"] != before
        assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize(
    ("what", "lie"),
    [
        ("another provider", {"iss": "https://evil.example"}),
        ("another client", {"aud": "another"}),
        ("several clients, given to another", {"aud": ["seepline", "another"], "azp": "another"}),
        ("over", {"exp": 1_000_000_000}),
        ("no end", {"exp": None}),
        ("made tomorrow", {"iat": 4_000_000_000}),
        ("another asking", {"nonce": "0" * 64}),
        ("no nonce", {"nonce": None}),
        ("not verified", {"email_verified": False}),
        ("nobody of ours", {"email": "boss@mine.example"}),
        ("a person's id where a map stands", {"email": "inspector"}),
        ("no text", {"email": ["i.petrov@mine.example"]}),
        ("no claim", {"email": None}),
    ],
)
async def test_a_token_that_does_not_fit_opens_nothing(house, honest, what, lie):
    invite(house.book, "inspector", house.real_ms)
    honest.claims = lie
    async with house.browser() as browser:
        asked = await there(browser, honest)
        answer = await browser.get("/signin/back", params={"code": "abc", "state": asked["state"]})
        assert answer.status_code == 403, what
        assert "seepline_session" not in browser.cookies


async def test_a_token_that_another_key_signed_opens_nothing(house, honest):
    invite(house.book, "inspector", house.real_ms)
    public = honest.key.as_pem(private=False)
    forged = {
        "RS256": lambda head, body: jwt.encode(
            {"alg": "RS256", "kid": "1"}, json.loads(unpacked(body)), OTHER_KEY
        ),
        "HS256": lambda head, body: (
            f"{head}.{body}.{packed(hmac.digest(public, f'{head}.{body}'.encode(), 'sha256'))}"
        ),
        "none": lambda head, body: f"{head}.{body}.",
    }
    async with house.browser() as browser:
        for algorithm, forge in forged.items():
            honest.algorithm, honest.forge = algorithm, forge
            asked = await there(browser, honest)
            answer = await browser.get("/signin/back", params={"code": "abc", "state": asked["state"]})
            assert answer.status_code == 403, algorithm


async def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(house, honest):
    invite(house.book, "inspector", house.real_ms)
    async with house.browser() as attacker, house.browser() as victim:
        asked = await there(attacker, honest)
        theirs = {"code": "of the attacker", "state": asked["state"]}
        assert (await victim.get("/signin/back", params=theirs)).status_code == 403
        await there(victim, honest)
        assert (await victim.get("/signin/back", params=theirs)).status_code == 403
        assert (await victim.get("/signin/back", params={"code": "x"})).status_code == 403
        assert honest.tokens == []  # the code was not even taken to the provider


async def test_a_provider_that_lies_about_itself_is_not_followed(house, honest):
    async with house.browser() as browser:
        for about in ({"issuer": "https://evil.example"}, {"authorization_endpoint": "http://evil.example/auth"},
                      {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": None}):  # fmt: skip
            honest.about = about
            assert (await browser.get("/signin/provider")).status_code == 403, about


def test_a_provider_that_is_away_is_one_sentence(identity):
    settings = Oidc(name="x", issuer="http://127.0.0.1:1", client_id="c", client_secret_file="", redirect_url="http://127.0.0.1/",
                    claim="sub", shows_second_factor=False)  # fmt: skip
    with pytest.raises(ProviderError, match="does not answer as one"):
        Provider(settings, "secret").way_there("flow")
    assert "secret" not in repr(Provider(settings, "secret"))


def test_everything_wrong_with_people_toml_is_said_at_once(tmp_path):
    text = TOML.format(url="http://id.example").replace('"email"', '""').replace("oidc.secret", "none.secret")
    (tmp_path / "people.toml").write_text(text)
    with pytest.raises(Faulty) as error:
        read_oidc(tmp_path)
    assert [one.path for one in error.value.problems] == ["oidc.claim", "oidc.issuer", "oidc.client_secret_file"]
    (tmp_path / "people.toml").write_text(TOML.format(url="https://id.example"))
    (tmp_path / "oidc.secret").write_text("x")
    (tmp_path / "oidc.secret").chmod(0o644)
    with pytest.raises(Faulty, match="mode 0600"):
        read_oidc(tmp_path)
    (tmp_path / "people.toml").write_text('[other]\n[oidc]\nnam = "x"\n')
    with pytest.raises(Faulty) as error:
        read_oidc(tmp_path)
    assert {"other", "oidc.nam", "oidc.name"} <= {one.path for one in error.value.problems}
    (tmp_path / "people.toml").unlink()
    assert read_oidc(tmp_path) is None
