"""Four people and two states at a collector in this process: what they do goes through the journal."""

from pathlib import Path

from collector.store_writing import StoreWriter
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.bundle.policy import parse_policy
from seepline.sets.register import status_of
from seepline.sets.set_file import parse_set
from tests.collector.chain import Chain
from tests.sets import joint_policy, people


class Council:
    """The chain of a dam, and the people who decide on its limits."""

    def __init__(self, chain: Chain, policy: str = "") -> None:
        self.chain, self.people = chain, people()
        self.texts: dict[str, str] = {}
        self.policy_text = policy or joint_policy(self.people)
        self.chain.journal.append_policy(self.policy_text, chain.now_ms)

    def act(self, person: str, kind: str, body: dict, **more) -> str:
        signed = self.people.act(person, kind, body, self.chain.now_ms, **more)
        policy = parse_policy(self.policy_text, "policy.toml")
        accepted = checked(signed, policy, self.chain.site, self.chain.now_ms)
        self.chain.journal.append_act(accepted.id, accepted_text(accepted), self.chain.now_ms)
        self.chain.judge()
        return accepted.id

    def submit(self, person: str, text: str) -> str:
        set_id = parse_set(text).head.id
        self.texts[set_id] = text
        self.act(person, "set_submit", {"toml": text})
        return set_id

    def say(self, kind: str, person: str, set_id: str, **more) -> str:
        digest = parse_set(self.texts[set_id]).digest
        return self.act(person, kind, {"set": set_id, "digest": digest} | more)

    def approve(self, person: str, set_id: str, **more) -> str:
        return self.say("set_approve", person, set_id, **more)

    @property
    def register(self):
        return self.chain.reader.register()

    def status(self, set_id: str) -> str:
        return status_of(self.register, self.register.find(set_id), self.chain.now_ms)

    def in_force(self) -> str:
        now = self.register.in_force(self.chain.now_ms)
        return now.id if now else ""

    def told(self, *kinds: str) -> list[tuple[str, str]]:
        """Return (kind, set) of the events on sets, the oldest first."""
        events = reversed(self.chain.reader.events())
        return [(one.kind, one.threshold_set) for one in events if one.kind.startswith("set_")]


def made_again(chain: Chain) -> None:
    """Lose the store; a replay of the journal makes it again."""
    chain.close()
    Path(chain.folder / "store.sqlite").unlink()
    chain.store = StoreWriter(chain.folder / "store.sqlite")
    chain.open()
    chain.judge()
