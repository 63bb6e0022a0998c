"""Every kind of channel by the word of it in notify.toml."""

from collections.abc import Mapping

from collector.notify.channels import mqtt, sms_gammu, sms_http, smtp, voice, webhook
from collector.notify.sender import Way
from seepline.notices.channel import ChannelKind

WAYS: Mapping[str, Way] = {
    "smtp": Way(
        ChannelKind(settings=smtp.SmtpSettings, address="mail", form="mail", faults=smtp.faults), smtp.Smtp
    ),
    "sms_gammu": Way(
        ChannelKind(
            settings=sms_gammu.SmsGammuSettings, address="phone", form="sms", parallel=1, faults=sms_gammu.faults
        ),
        sms_gammu.SmsGammu,
    ),
    "sms_http": Way(
        ChannelKind(settings=sms_http.SmsHttpSettings, address="phone", form="sms", faults=sms_http.faults),
        sms_http.SmsHttp,
    ),
    "voice": Way(
        ChannelKind(settings=voice.VoiceSettings, address="voice", form="voice", faults=voice.faults), voice.Voice
    ),
    "webhook": Way(
        ChannelKind(settings=webhook.WebhookSettings, address="webhook", form="data", faults=webhook.faults),
        webhook.Webhook,
    ),
    "mqtt": Way(
        ChannelKind(settings=mqtt.MqttSettings, address="topic", form="data", faults=mqtt.faults), mqtt.Mqtt
    ),
}
