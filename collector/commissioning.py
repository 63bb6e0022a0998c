"""What engineers said of commissioning by acts, added to what SITE.toml says.

site of the file + words of the acts -> the site that limits, coverage and page ask
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from collector import events
from collector.acts.desk import Handler
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from collector.word_table import SpokenWord
from seepline.acts.commissioning import BaselineAccepted, CommissioningBegun
from seepline.acts.document import AcceptedAct
from seepline.site import Site
from seepline.site_commissioning import Baseline, Commissioning


def with_words(site: Site, words: Iterable[SpokenWord]) -> Site:
    """Return a site in which what was said by acts stands beside what its file says."""
    spoken = list(words)
    if not spoken:
        return site
    begun = (
        Commissioning(point=one.point, valid_from_ms=one.from_ms, reason=one.text) for one in spoken if one.begins
    )
    accepted = (
        Baseline(point=one.point, valid_from_ms=one.from_ms, accepted_by=one.person, source=one.text)
        for one in spoken
        if not one.begins
    )
    return replace(site, commissionings=(*site.commissionings, *begun), baselines=(*site.baselines, *accepted))


class Commissioned:
    """A site with the words of its store; `site` is the present one. Belongs to the store's thread."""

    def __init__(self, site: Site, store: StoreWriter) -> None:
        self._file = site
        self._store = store
        self.load()

    def load(self) -> None:
        """Take up the words that the store holds."""
        self.site = with_words(self._file, self._store.words.all())

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handlers of the acts, which write into the store's open transaction."""

        def begun(accepted: AcceptedAct, body: CommissioningBegun, arrived_ms: int) -> Iterator[StoredEvent]:
            word = _word(accepted, body.point, body.from_ms, body.reason, begins=True)
            yield self._spoken(word, arrived_ms, "in commissioning, stored and not judged")

        def baseline(accepted: AcceptedAct, body: BaselineAccepted, arrived_ms: int) -> Iterator[StoredEvent]:
            word = _word(accepted, body.point, body.from_ms, body.source, begins=False)
            yield self._spoken(word, arrived_ms, "baseline accepted, judged")

        return {"commissioning_begun": begun, "baseline_accepted": baseline}

    def _spoken(self, word: SpokenWord, arrived_ms: int, said: str) -> StoredEvent:
        self._store.words.add(word)
        self.load()
        text = f"{word.point}: {said} from {events.utc_text(word.from_ms)} on: {word.text} ({word.person})"
        return events.by_person(word.id, "commissioning", (word.point, ""), (word.from_ms, arrived_ms), text)


def _word(accepted: AcceptedAct, point: str, from_ms: int, text: str, *, begins: bool) -> SpokenWord:
    about = {"text": text.strip(), "person": accepted.name}
    return SpokenWord(id=accepted.id, point=point, from_ms=from_ms, begins=begins, **about)
