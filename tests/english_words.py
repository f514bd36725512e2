"""English that is left in a page in Spanish, outside code, quotations and names of documents."""

import re
from html.parser import HTMLParser

# Words of English that no Spanish text has.
WORDS = re.compile(
    r"\b(the|of|and|with|from|deaths?|rates?|counts?|periods?|months?|years?|which|that|was|were"
    r"|this|these|given|not|by|for|between|baseline|window|figures?|text|texts|source|sources"
    r"|homicides|truce|expected|averted|observed|percent|per|above|below|number|numbers|table"
    r"|tables|cannot|tell|yes|choice|choices|method|value|show|word|words|less|compilation)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile("\N{LEFT DOUBLE QUOTATION MARK}[^\N{RIGHT DOUBLE QUOTATION MARK}]*"
                     "\N{RIGHT DOUBLE QUOTATION MARK}")  # fmt: skip
# Columns of tables that hold what others wrote or named, by their heads in Spanish.
AS_WRITTEN = {
    "Seg\u00fan el texto",
    "Medio o instituci\u00f3n",
    "T\u00edtulo",
    "Fuente",
    "Direcci\u00f3n",
}


class _Reader(HTMLParser):
    """Collects what is read or heard: text, alternative texts and labels."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside: list[str] = []
        self._heads: list[str] = []
        self._column = -1
        self._sources = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [
            given[name] or "" for name in ("alt", "aria-label", "title") if name in given
        ]
        if tag in ("br", "img", "meta", "link", "hr", "col", "input"):
            return
        self._inside.append(tag)
        self._sources |= tag == "ul" and given.get("class") == "sources"
        if tag == "table":
            self._heads = []
        elif tag == "tr":
            self._column = -1
        elif tag in ("td", "th"):
            self._column += 1
            if "thead" in self._inside:
                self._heads.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
            self._sources &= tag != "ul"

    def handle_data(self, data: str) -> None:
        inside = set(self._inside)
        if inside & {"code", "pre", "script", "style", "kbd"} or self._sources:
            return
        if "thead" in inside and self._heads:
            self._heads[-1] += data
        elif inside & {"td", "th"}:
            head = self._heads[self._column] if self._column < len(self._heads) else ""
            if head in AS_WRITTEN:
                return
        self.found.append(data)


def left_over(page: str, quoted: tuple[str, ...] = ()) -> list[str]:
    """Pieces of a page that hold an English word; ``quoted`` are tokens that texts state."""
    reader = _Reader()
    reader.feed(page)
    pieces = []
    for text in reader.found:
        plain = _QUOTED.sub("", text)
        for token in quoted:
            plain = plain.replace(token, "")
        # Names of files, columns and sources are the same in every language.
        plain = re.sub(r"\S*[_/]\S*|\S+\.(csv|json|html|ipynb)", "", plain)
        if WORDS.search(plain):
            pieces.append(" ".join(text.split()))
    return list(dict.fromkeys(pieces))
