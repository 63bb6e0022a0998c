"""A text message through gammu and a simulated modem: sent, refused, given up."""

import pytest

from gateway.local_alarm import sms
from seepline.notices import gammu
from tests.gateway.local_alarm.modem import Modem

TO, TEXT = "+992900000007", "RED TOE-P1 pore_pressure 61.2 kPa, limit 60 kPa (above), event ab12cd34"


@pytest.fixture
def modem():
    modem = Modem()
    yield modem
    modem.close()


@pytest.fixture
def settings(tmp_path, modem):
    path = tmp_path / "gammurc"
    path.write_text(f"[gammu]\nport = {modem.path}\nconnection = at115200\nsynchronizetime = no\n")
    return path


async def test_a_message_reaches_the_network_word_for_word(modem, settings):
    await sms.send(settings, TO, TEXT)
    assert modem.messages == [(TO, TEXT)]


async def test_a_message_in_cyrillic_goes_in_parts_of_the_network(modem, settings):
    await sms.send(settings, TO, "КРАСНЫЙ " * 10)
    assert [len(text) for _, text in modem.messages] == [67, 13]
    assert "".join(text for _, text in modem.messages) == "КРАСНЫЙ " * 10


async def test_a_modem_that_says_nothing_is_not_waited_for(modem, settings):
    modem.is_dead = True
    with pytest.raises(sms.SmsError, match=r"within 0\.5 s"):
        await sms.send(settings, TO, TEXT, patience_s=0.5)


async def test_without_gammu_it_is_said_what_to_install(settings, monkeypatch):
    monkeypatch.setattr(gammu, "PROGRAM", "no-such-gammu")
    with pytest.raises(sms.SmsError, match="apt-get install gammu"):
        await sms.send(settings, TO, TEXT)
