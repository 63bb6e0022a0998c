"""Text messages of the collector through gammu and a simulated modem."""

import asyncio

import pytest

from collector.notify.channels import sms_gammu
from collector.notify.channels.sms_gammu import SmsGammu, SmsGammuSettings
from collector.notify.compose import compose
from collector.notify.sender import NotTaken
from seepline.notices import gammu
from tests.collector.notify.notices import notice
from tests.gateway.local_alarm.modem import Modem

TO = "+992900000007"
LETTER = compose(notice(site_name="Тупольское", actions=("Вывести людей",)), "ru", "sms")


@pytest.fixture
def modem():
    modem = Modem()
    yield modem
    modem.close()


@pytest.fixture
def channel(tmp_path, modem):
    settings = f"[gammu]\nport = {modem.path}\nconnection = at115200\nsynchronizetime = no\n"
    (tmp_path / "gammurc").write_text(settings)
    return lambda patience_s=60.0: SmsGammu(
        SmsGammuSettings(settings_file="gammurc", patience_s=patience_s), tmp_path
    )


async def test_two_at_once_go_one_after_the_other_in_their_parts(modem, channel):
    sender = channel()
    english = compose(notice(), "en", "sms")
    receipts = await asyncio.gather(sender.send(TO, LETTER, "a"), sender.send(TO, english, "b"))
    assert receipts == ["sent by the modem, reference 1, 2", "sent by the modem, reference 3"]
    assert modem.messages == [*((TO, part) for part in LETTER.parts), (TO, english.body)]
    assert modem.messages[0][1].startswith("КРАСНЫЙ Тупольское TOE-P1 ")


async def test_a_modem_that_refuses_or_says_nothing(modem, channel):
    modem.refuses = True
    with pytest.raises(NotTaken, match="the modem did not send: ") as caught:
        await channel().send(TO, LETTER, "a")
    assert caught.value.again is True
    modem.is_dead = True
    with pytest.raises(NotTaken, match=r"did not end within 0\.5 s") as caught:
        await channel(0.5).send(TO, LETTER, "a")
    assert caught.value.again is True


async def test_what_is_no_number_is_refused_for_good_and_gammu_may_lack(channel, monkeypatch):
    for number in ("", "-c", "900 000", "+99290000000x"):
        with pytest.raises(NotTaken, match="is no number") as caught:
            await channel().send(number, LETTER, "a")
        assert caught.value.again is False
    monkeypatch.setattr(gammu, "PROGRAM", "no-such-gammu")
    with pytest.raises(NotTaken, match="no-such-gammu cannot be run") as caught:
        await channel().send(TO, LETTER, "a")
    assert caught.value.again is True


def test_faults_of_settings():
    bad = SmsGammuSettings(settings_file="gammurc", patience_s=0.0)
    assert [key for key, _, _ in sms_gammu.faults(bad)] == ["patience_s"]
