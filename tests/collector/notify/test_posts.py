"""JSON to a web hook, messages and calls through HTTP gateways, a call by a program: taken, refused, broken."""

import hashlib
import hmac
import json
import sys
from urllib.parse import parse_qs

import pytest

from collector.notify.channels import sms_http, voice, webhook
from collector.notify.channels.sms_http import SmsHttp, SmsHttpSettings
from collector.notify.channels.voice import Voice, VoiceSettings
from collector.notify.channels.webhook import Webhook, WebhookSettings
from collector.notify.compose import compose
from collector.notify.sender import Letter, NotTaken
from tests.collector.notify.notices import RED, notice
from tests.collector.notify.servers import PASSWORD, hook_server, json_of, odd_server
from tests.ports import free_port

ID, TO = "0f" * 16, "+992900000007"
DATA = compose(RED, "en", "data")
BODY = '{"messages": [{"recipient": "{to}", "message": "{text}", "reference": "{id}", "flash": false}]}'


@pytest.fixture(scope="module")
def served(authority):
    with hook_server(authority) as hook:
        yield hook


@pytest.fixture
def hook(served):
    served.posts.clear()
    served.status, served.answer, served.location = 200, b"kept", ""
    return served


def hooked(folder, authority, **changes):
    given = {"secret_file": "good", "ca_file": str(authority.ca), "patience_s": 20.0} | changes
    return Webhook(WebhookSettings(**given), folder, now_s=lambda: 1_764_161_050)


def sms(hook, folder, authority, **changes):
    given = {
        "url": hook.url,
        "token_file": "good",
        "body": BODY,
        "encoding": "json",
        "ca_file": str(authority.ca),
    }
    return SmsHttp(SmsHttpSettings(**given | changes), folder)


async def test_a_hook_gets_json_that_proves_who_sent_it(hook, secrets, authority):
    receipt = await hooked(secrets, authority).send(hook.url, DATA, ID)
    assert receipt.startswith("taken by 127.0.0.1:")
    assert receipt.endswith(": kept")
    ((_, headers, body),) = hook.posts
    signed = headers["seepline-timestamp"].encode() + b"." + body
    expected = hmac.new(PASSWORD.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["seepline-signature"] == f"v1={expected}"
    assert (headers["seepline-timestamp"], headers["seepline-message"]) == ("1764161050", ID)
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["level"] == "red"


@pytest.mark.parametrize(
    ("status", "again"),
    [(400, False), (401, True), (403, True), (404, False), (408, True), (410, False), (413, False), (422, False),
     (425, True), (429, True), (500, True), (502, True), (503, True)],
)  # fmt: skip
async def test_an_answer_says_whether_again(status, again, hook, secrets, authority):
    hook.status, hook.answer = status, f"no\r\n{PASSWORD}".encode()
    with pytest.raises(NotTaken) as caught:
        await hooked(secrets, authority).send(hook.url, DATA, ID)
    assert caught.value.again is again
    assert f"answers {status}" in caught.value.reason
    assert caught.value.reason.endswith(": no ***")
    assert "secret-path" not in caught.value.reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status, hook, secrets, authority):
    hook.status, hook.location = status, hook.url + "/elsewhere"
    with pytest.raises(NotTaken, match="which is not followed") as caught:
        await hooked(secrets, authority).send(hook.url, DATA, ID)
    assert caught.value.again is False
    assert len(hook.posts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hook.example/",
        "ftp://127.0.0.1/",
        "https://me:pw@hook.example/",
        "https:///",
        "https://[::1",
        "x y",
    ],
)
async def test_an_address_without_tls_or_with_a_password_is_refused(address, secrets, authority):
    with pytest.raises(NotTaken, match="the address is not an https:// address") as caught:
        await hooked(secrets, authority).send(address, DATA, ID)
    assert caught.value.again is False
    assert "pw" not in caught.value.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ca_file": ""}, "its certificate is not trusted"),
        ({"ca_file": "none.pem"}, "is no certificate of an authority"),
        ({"secret_file": "open"}, "can be read by others"),
        ({"secret_file": "none"}, "cannot be read"),
    ],
)
async def test_what_a_person_can_mend_is_tried_again(changes, said, hook, secrets, authority):
    with pytest.raises(NotTaken) as caught:
        await hooked(secrets, authority, **changes).send(hook.url, DATA, ID)
    assert said in caught.value.reason
    assert caught.value.again is True
    assert hook.posts == []


@pytest.mark.parametrize(
    ("greeting", "closes", "said"),
    [
        (b"", False, "did not answer within 0.5 s"),
        (b"", True, "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", True, "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", False, "did not answer within 0.5 s"),
        (b"SSH-2.0-x\r\n", True, "closed"),
    ],
)
async def test_a_server_that_hangs_or_closes(greeting, closes, said, secrets, authority):
    with odd_server(greeting, closes) as port, pytest.raises(NotTaken) as caught:
        await hooked(secrets, authority, patience_s=20.0 if closes else 0.5).send(
            f"http://127.0.0.1:{port}/", DATA, ID
        )
    assert said in caught.value.reason
    assert caught.value.again is True


async def test_nobody_listens(secrets, authority):
    with pytest.raises(NotTaken, match="nobody listens there") as caught:
        await hooked(secrets, authority).send(f"https://127.0.0.1:{free_port()}/", DATA, ID)
    assert caught.value.again is True


async def test_a_text_message_through_a_gateway(hook, secrets, authority):
    letter = compose(RED, "ru", "sms")
    await sms(hook, secrets, authority).send(TO, letter, ID)
    (post,) = hook.posts
    sent = {"recipient": TO, "message": letter.body, "reference": ID, "flash": False}
    assert json_of(post) == {"messages": [sent]}
    assert post[1]["authorization"] == f"Bearer {PASSWORD}"
    assert post[1]["idempotency-key"] == ID


async def test_a_gateway_that_wants_a_form_and_the_token_in_it(hook, secrets, authority):
    form = {"encoding": "form", "body": "to={to}&text={text}&key={token}", "authorization": ""}
    await sms(hook, secrets, authority, **form).send(TO, DATA, ID)
    ((_, headers, body),) = hook.posts
    assert parse_qs(body.decode(), strict_parsing=True) == {"to": [TO], "text": [DATA.body], "key": [PASSWORD]}
    assert "authorization" not in headers


async def test_a_gateway_that_answers_200_always_must_say_that_it_took_it(hook, secrets, authority):
    sender = sms(hook, secrets, authority, taken='"status":"queued"')
    hook.answer = b'{"status":"rejected"}'
    with pytest.raises(NotTaken, match="rejected") as caught:
        await sender.send(TO, DATA, ID)
    assert caught.value.again is True
    hook.answer = b'{"status":"queued"}'
    assert "queued" in await sender.send(TO, DATA, ID)


async def test_a_name_in_a_message_draws_no_secret_out(hook, secrets, authority):
    letter = compose(notice(site_name="{token} {to}"), "en", "sms")
    await sms(hook, secrets, authority).send(TO, letter, ID)
    assert PASSWORD not in hook.posts[0][2].decode()
    assert "{token}" in json_of(hook.posts[0])["messages"][0]["message"]


async def test_a_call_through_a_gateway(hook, secrets, authority):
    given = {"url": hook.url, "token_file": "good", "body": BODY, "ca_file": str(authority.ca)}
    letter = compose(RED, "ru", "voice")
    await Voice(VoiceSettings(**given), secrets).send(TO, letter, ID)
    assert json_of(hook.posts[0])["messages"][0]["message"].startswith("Красный. ")


def program(tmp_path, text: str) -> tuple[str, ...]:
    script = tmp_path / "call.py"
    script.write_text(text)
    return (sys.executable, str(script), "--number", "{to}", "--id={id}")


async def test_a_call_by_a_program(tmp_path, monkeypatch):
    monkeypatch.setenv("SEEPLINE_TOKEN", "not for others")
    text = (
        "import os, sys, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'said')!r}).write_text(repr([sys.argv[1:], sys.stdin.read()]))\n"
        "print('answered', 'SEEPLINE_TOKEN' in os.environ)\n"
    )
    letter = compose(RED, "ru", "voice")
    receipt = await Voice(VoiceSettings(command=program(tmp_path, text)), tmp_path).send("$(id); 7", letter, ID)
    assert receipt.endswith("ended well: answered False")
    assert (tmp_path / "said").read_text() == repr([["--number", "$(id); 7", f"--id={ID}"], letter.body])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys; sys.exit('busy')", "ended with 1: busy"),
        ("import time; time.sleep(600)", "did not end within 1 s"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
    ],
)
async def test_a_program_that_fails(text, said, tmp_path):
    sender = Voice(
        VoiceSettings(command=program(tmp_path, text), patience_s=1.0 if "600" in text else 60.0), tmp_path
    )
    with pytest.raises(NotTaken) as caught:
        await sender.send(TO, Letter("", "words"), ID)
    assert said in caught.value.reason
    assert caught.value.again is True


async def test_a_program_that_is_not_there_and_a_number_that_is_an_option(tmp_path):
    sender = Voice(VoiceSettings(command=("/no/such/program", "{to}")), tmp_path)
    with pytest.raises(NotTaken, match="cannot be run") as caught:
        await sender.send(TO, Letter("", "words"), ID)
    assert caught.value.again is True
    with pytest.raises(NotTaken, match="take it for an option") as caught:
        await sender.send("--version", Letter("", "words"), ID)
    assert caught.value.again is False


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("json", "to={to}"), ("json", '"{to}{text}"'), ("json", "[" * 100_000), ("form", "{to} {text}")],
)
def test_a_body_that_cannot_be_read_is_a_fault(encoding, body):
    bad = SmsHttpSettings(url="https://sms.example/", token_file="t", body=body, encoding=encoding)
    assert [key for key, _, _ in sms_http.faults(bad)] == ["body"]


def test_faults_of_settings():
    bad = SmsHttpSettings(
        url="http://sms.example/", token_file="t", body='{"to": "{number}"}', encoding="json", patience_s=-1.0
    )
    assert [key for key, _, _ in sms_http.faults(bad)] == ["url", "body", "body", "body", "patience_s"]
    assert [key for key, _, _ in voice.faults(VoiceSettings())] == ["command"]
    assert [key for key, _, _ in voice.faults(VoiceSettings(command=("call",)))] == ["command"]
    assert [key for key, _, _ in voice.faults(VoiceSettings(command=("{to}", "x")))] == ["command"]
    assert list(voice.faults(VoiceSettings(command=("call", "{to}")))) == []
    assert [key for key, _, _ in webhook.faults(WebhookSettings(secret_file="x", patience_s=0.0))] == [
        "patience_s"
    ]
