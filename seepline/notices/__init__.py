"""Who is told what, when and in which language: pure functions of events, contacts, rota and time.

    notice.py     what is to be told, in no language     kinds.py     which kinds of event concern whom, how soon
    contacts.py   notify.toml as data                    told_to.py   the persons of an event
    rota.py       who is on duty                         load.py      alarms per hour and person (ISA-18.2)

Sending is the collector's: collector/notify/.
"""
