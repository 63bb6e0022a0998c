"""A sentence with values in it: English as it stands, and whole in another language where it is shown."""

from collector.web.words import Translate


class Sentence(str):
    """The English sentence; `text` is what is translated, `values` what stands in its %(places)s.

    >>> said = Sentence("%(count)s of %(what)s", count=2, what="red")
    >>> said, said.said({"%(count)s of %(what)s": "%(what)s: %(count)s", "red": "красный"}.__getitem__)
    ('2 of red', 'красный: 2')
    """

    __slots__ = ("text", "values")
    text: str
    values: dict[str, object]

    def __new__(cls, text: str, **values: object) -> "Sentence":
        """Return the sentence of a text that was noted for translation."""
        made = super().__new__(cls, text % values)
        made.text, made.values = text, values
        return made

    def said(self, _: Translate) -> str:
        """Return it in the reader's language; a value that is a word of the pages is translated, too."""
        return _(self.text) % {
            name: _(one) if isinstance(one, str) and one else one for name, one in self.values.items()
        }


def said(text: str, _: Translate) -> str:
    """Return a sentence, or a plain text that was noted, in the reader's language."""
    return text.said(_) if isinstance(text, Sentence) else _(text)
