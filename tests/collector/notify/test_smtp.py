"""Mail through a real server with STARTTLS, TLS and sign-in, and every way in which it can fail."""

import re
from email.message import EmailMessage

import pytest

from collector.notify.channels import smtp
from collector.notify.channels.smtp import Smtp, SmtpSettings
from collector.notify.compose import compose
from collector.notify.sender import Letter, NotTaken
from tests.collector.notify.notices import RED
from tests.collector.notify.servers import PASSWORD, USER, body_of, mail_server, odd_server, stalling_mail_server
from tests.ports import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # aiosmtpd knows STARTTLS only

TO, ID = "eva@mine.example", "0f" * 16
LETTER = compose(RED, "ru", "mail")


def channel(port, folder, authority, **changes):
    given = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "starttls",
        "sender": "alarm@dam.example",
        "username": USER,
        "password_file": "good",
        "ca_file": str(authority.ca),
        "patience_s": 20.0,
    }
    return Smtp(SmtpSettings(**given | changes), folder, now_s=lambda: 1_764_161_050)


@pytest.fixture(params=["starttls", "tls"])
def server(request, mailbox, authority):
    with mail_server(mailbox, authority, request.param) as port:
        yield request.param, port


@pytest.fixture
def port(mailbox, authority):
    with mail_server(mailbox, authority, "starttls") as port:
        yield port


async def test_a_red_in_russian_arrives_as_text_and_html(server, secrets, mailbox, authority):
    tls, port = server
    receipt = await channel(port, secrets, authority, tls=tls).send(TO, LETTER, ID)
    assert receipt == f"taken by 127.0.0.1:{port}: 2.0.0 kept"
    (mail,) = mailbox.mails
    assert mail["Subject"] == LETTER.subject
    assert body_of(mail, "plain") == LETTER.body
    assert body_of(mail, "html").strip() == LETTER.html
    assert mail["Message-ID"] == f"<{ID}@dam.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Wed, 26 Nov 2025 12:44:10 +0000"
    assert (mail["From"], mail["To"]) == ("Seepline <alarm@dam.example>", TO)


async def test_a_repeat_is_the_same_mail(port, secrets, mailbox, authority):
    sender = channel(port, secrets, authority)
    await sender.send(TO, LETTER, ID)
    await sender.send(TO, LETTER, ID)
    first, second = mailbox.mails
    assert first.as_bytes() == second.as_bytes() or first["Message-ID"] == second["Message-ID"]


async def test_nothing_is_smuggled_into_a_header(port, secrets, mailbox, authority):
    letter = Letter("RED\r\nBcc: all@mine.example\r\n\r\nbody", "words\r\n.\r\nMAIL FROM:<x@y>")
    await channel(port, secrets, authority).send(TO, letter, "id>\r\nX-Bad: 1")
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["X-Bad"] is None
    assert mail["Subject"] == "RED Bcc: all@mine.example body"
    assert re.fullmatch(r"<[0-9a-f]{64}@dam\.example>", mail["Message-ID"])
    assert isinstance(mail, EmailMessage)


@pytest.mark.parametrize(
    "address", ["", "eva", "a@b, c@d", "a@b\r\nRCPT TO:<c@d>", "Eva <a@b>", "а@рудник.example", "a b@c", "<a@b>"]
)
async def test_what_is_no_address_is_refused_for_good(address, secrets, authority):
    with pytest.raises(NotTaken, match="is no mail address") as caught:
        await channel(1, secrets, authority).send(address, LETTER, ID)
    assert caught.value.again is False


@pytest.mark.parametrize(
    ("answers", "again", "said"),
    [
        ({"RCPT": "550 5.1.1 nobody here"}, False, "refuses the recipient: 550 5.1.1 nobody here"),
        ({"RCPT": "451 4.7.1 greylisted"}, True, "refuses the recipient: 451 4.7.1 greylisted"),
        ({"MAIL": "553 5.7.1 not your sender"}, True, "refuses the sender: 553 5.7.1 not your sender"),
        ({"DATA": "452 4.2.2 full"}, True, "refuses the mail: 452 4.2.2 full"),
        ({"DATA": "554 5.6.0 no such mail"}, False, "refuses the mail: 554 5.6.0 no such mail"),
    ],
)
async def test_a_refusal_says_what_and_whether_again(answers, again, said, port, secrets, mailbox, authority):
    mailbox.answers = answers
    with pytest.raises(NotTaken) as caught:
        await channel(port, secrets, authority).send(TO, LETTER, ID)
    assert (caught.value.reason, caught.value.again) == (f"127.0.0.1:{port} {said}", again)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password_file": "wrong"}, "refuses username and password: 535"),
        ({"password_file": "open"}, "can be read by others: chmod 600"),
        ({"password_file": "none"}, "cannot be read (No such file or directory)"),
        ({"password_file": "empty"}, "is empty"),
        ({"ca_file": ""}, "its certificate is not trusted"),
        ({"ca_file": "good"}, "is no certificate of an authority"),
        ({"tls": "tls"}, "it speaks no TLS that fits"),
        ({"host": "mail.example", "tls": "plain"}, "without TLS nothing is sent to mail.example"),
    ],
)
async def test_what_a_person_can_mend_is_tried_again(changes, said, port, secrets, mailbox, authority):
    with pytest.raises(NotTaken) as caught:
        await channel(port, secrets, authority, **changes).send(TO, LETTER, ID)
    assert said in caught.value.reason
    assert caught.value.again is True
    assert mailbox.mails == []


async def test_a_stranger_s_certificate_is_not_believed(port, secrets, mailbox, authority):
    with pytest.raises(NotTaken, match="its certificate is not trusted") as caught:
        await channel(port, secrets, authority, ca_file=str(authority.stranger)).send(TO, LETTER, ID)
    assert caught.value.again is True
    assert mailbox.mails == []


async def test_a_server_without_starttls_gets_nothing(secrets, mailbox, authority):
    with mail_server(mailbox, authority, "plain") as port, pytest.raises(NotTaken, match="STARTTLS") as caught:
        await channel(port, secrets, authority).send(TO, LETTER, ID)
    assert caught.value.again is True
    assert mailbox.mails == []


async def test_plain_goes_to_this_machine_when_the_file_says_so(secrets, mailbox, authority):
    with mail_server(mailbox, authority, "plain") as port:
        settings = {"tls": "plain", "username": "", "password_file": ""}
        await channel(port, secrets, authority, **settings).send(TO, LETTER, ID)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("greeting", "closes", "said"),
    [(b"", False, "did not answer within 0.5 s"), (b"220 hello\r\n", True, "closed"), (b"what?\r\n", True, "")],
)
async def test_a_server_that_hangs_closes_or_talks_nonsense(greeting, closes, said, secrets, authority):
    with odd_server(greeting, closes) as port, pytest.raises(NotTaken) as caught:
        await channel(port, secrets, authority, patience_s=20.0 if closes else 0.5).send(TO, LETTER, ID)
    assert said in caught.value.reason
    assert caught.value.again is True


@pytest.mark.parametrize("state", ["", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."])
async def test_a_server_that_hangs_in_any_state_is_left_and_tried_again(state, secrets, authority):
    with stalling_mail_server(state) as (port, _), pytest.raises(NotTaken, match="did not answer") as caught:
        await channel(port, secrets, authority, tls="plain", patience_s=0.3).send(TO, LETTER, ID)
    assert caught.value.again is True


async def test_a_server_that_hangs_before_tls_is_left_and_tried_again(secrets, authority):
    with stalling_mail_server("STARTTLS") as (port, heard), pytest.raises(NotTaken, match="did not answer"):
        await channel(port, secrets, authority, patience_s=0.5).send(TO, LETTER, ID)
    assert "AUTH" not in heard


async def test_a_mail_that_was_taken_is_taken_though_the_server_hangs_at_the_farewell(
    secrets, authority, monkeypatch
):
    monkeypatch.setattr(smtp, "_FAREWELL_S", 0.2)
    with stalling_mail_server("QUIT") as (port, heard):
        receipt = await channel(port, secrets, authority, tls="plain").send(TO, LETTER, ID)
    assert receipt.startswith("taken by")
    assert heard.count(".") == 1


async def test_nobody_listens(secrets, authority):
    port = free_port()
    with pytest.raises(NotTaken, match=f"127.0.0.1:{port}: nobody listens there") as caught:
        await channel(port, secrets, authority).send(TO, LETTER, ID)
    assert caught.value.again is True


def test_faults_of_settings_come_all_at_once():
    settings = SmtpSettings(
        host="mail.example", port=0, tls="plain", sender="nobody", username="x", patience_s=0.0
    )
    assert [key for key, _, _ in smtp.faults(settings)] == ["port", "tls", "password_file", "patience_s", "sender"]
    good = SmtpSettings(host="mail.example", port=587, tls="starttls", sender="alarm@dam.example")
    assert list(smtp.faults(good)) == []


def test_no_secret_stands_in_what_is_printed(secrets, authority):
    assert PASSWORD not in repr(channel(1, secrets, authority).__dict__)
