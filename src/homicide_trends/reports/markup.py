"""HTML fragments of cells, rebuilt from a list of allowed elements.

Whatever a cell or a table holds, only these elements and attributes come out, every other
text escaped: no script, no style, no request to anywhere. On the way headings get anchors and
an order without gaps, and tables what a reader of tables needs. A figure has its data below it, as
a table and as CSV; the picture itself is what a browser saves of it.
"""

import base64
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from ..language import _

_VOID = {"br", "col", "hr", "img"}
_ALLOWED = _VOID | {
    *("a", "abbr", "b", "blockquote", "caption", "cite", "code", "colgroup", "dd", "del"),
    *("details", "div", "dl", "dt", "em", "figcaption", "figure", "i", "ins", "kbd", "li"),
    *("mark", "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "ul"),
}
# A drawing: shapes and text, placed by numbers and coloured by classes; nothing that refers.
_SHAPES = {"circle", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text"}
_ALLOWED |= _SHAPES
_PLACES = {
    *("cx", "cy", "d", "height", "points", "r", "stroke-width", "viewbox", "width"),
    *("x", "x1", "x2", "y", "y1", "y2"),
}
_PLACE = re.compile(r"[-+0-9.,\sMmLlHhVvCcSsQqTtAaZzEe]*")
_WORDS_OF = {
    "aria-hidden": {"true"},
    "role": {"img"},
    "text-anchor": {"start", "middle", "end"},
}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
# Their content is not text for people.
_DROPPED = {"head", "iframe", "math", "noscript", "object", "script", "style", "template",
            "textarea", "title"}  # fmt: skip
_ATTRIBUTES = {"class", "dir", "lang", "title"}
_OF_ELEMENT = {
    "a": {"href"},
    "col": {"span"},
    "div": {"aria-label", "role", "tabindex"},  # what scrolls is reached by keyboard
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_LINK = re.compile(r"(https?://|mailto:|#)[^\x00-\x20]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+")
_ALIGNED = re.compile(r"\s*text-align:\s*(right|center)\s*;?\s*")

# Browsers break lines at its hyphens.
_DATE = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", re.ASCII)

# Stands in the markup before the first section, where a table of contents can be put.
FIRST_SECTION = "\0"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the page: its level, its anchor and its words."""

    level: int
    anchor: str
    text: str


@dataclass(slots=True)
class Outline:
    """The headings of a page so far; the first h1 becomes its title."""

    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    tables: int = 0
    figures: int = 0

    @property
    def nearest(self) -> str:
        """The words of the last heading."""
        return self.headings[-1].text if self.headings else self.title

    def anchor(self, text: str) -> str:
        """An anchor that the page has not used yet."""
        words = re.sub(r"\W+", "-", text.casefold()).strip("-") or "section"
        anchor, number = words, 2
        while anchor in self.anchors:
            anchor, number = f"{words}-{number}", number + 1
        self.anchors.add(anchor)
        return anchor

    def level(self, wanted: int) -> int:
        """The level that keeps the order: below the title, and no level skipped."""
        last = self.headings[-1].level if self.headings else 1
        return min(max(wanted, 2), last + 1)


def rebuild(fragment: str, outline: Outline) -> str:
    """A fragment of HTML rebuilt from what is allowed; headings are added to the outline.

    >>> rebuild('<img src=x onerror=alert(1)><b>1 < 2</b>', Outline())
    '<b>1 &lt; 2</b>'
    """
    builder = _Builder(outline)
    builder.feed(fragment.replace("\0", ""))
    builder.close()
    return builder.finish()


class _Builder(HTMLParser):
    """Writes allowed elements anew; everything else is left out or becomes text."""

    def __init__(self, outline: Outline) -> None:
        super().__init__(convert_charrefs=True)
        self.outline = outline
        self.pieces: list[str] = []
        self.open: list[tuple[str, int]] = []  # element, and where in the pieces it starts
        self.dropping = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.dropping:
            self.depth += tag == self.dropping
            return
        if tag in _DROPPED:
            self.dropping, self.depth = tag, 1
        elif tag in _HEADINGS:
            self._start(tag, "")
        elif tag in _ALLOWED:
            attributes = _attributes(tag, attrs)
            if tag == "img" and "src=" not in attributes:
                return
            if tag in _VOID:
                self.pieces.append(f"<{tag}{attributes}>")
            else:
                self._start(tag, self._opening(tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            self.depth -= tag == self.dropping
            if not self.depth:
                self.dropping = ""
        elif any(name == tag for name, _ in self.open):
            while self.open[-1][0] != tag:
                self._end()
            self._end()

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            inside = {name for name, _ in self.open}
            self.pieces.append(
                _cell(data) if inside & {"td", "th"} and "a" not in inside else escape(data)
            )

    def finish(self) -> str:
        while self.open:
            self._end()
        return "".join(self.pieces)

    def _start(self, tag: str, opening: str) -> None:
        self.open.append((tag, len(self.pieces)))
        self.pieces.append(opening)

    def _opening(self, tag: str, attributes: str) -> str:
        if tag == "th" and "scope=" not in attributes:
            names = [name for name, _ in self.open]
            return f'<th{attributes} scope="{"col" if "thead" in names else "row"}">'
        if tag == "caption":
            return f'<caption{attributes} id="table.{self.outline.tables + 1}"><span>'
        if tag == "a":
            return f"<a{attributes}>"
        return f"<{tag}{attributes}>"

    def _end(self) -> None:
        """Close the innermost element, now that its content is known."""
        tag, start = self.open.pop()
        inside = "".join(self.pieces[start + 1 :])
        if tag in _HEADINGS:
            self.pieces[start:] = [self._heading(int(tag[1]), inside)]
        elif tag == "table" and not any(name == "table" for name, _ in self.open):
            self.pieces[start:] = [self._table(self.pieces[start], inside)]
        elif tag == "th" and not inside.strip():
            self.pieces[start:] = ["<td></td>"]  # an empty header heads nothing
        elif tag == "caption":
            self.pieces.append("</span></caption>")
        else:
            self.pieces.append(f"</{tag}>")

    def _heading(self, level: int, inside: str) -> str:
        text = _text(inside)
        if level == 1 and not self.outline.title:
            self.outline.title = text
            return ""
        level = self.outline.level(level)
        mark = FIRST_SECTION if not self.outline.headings else ""
        heading = Heading(level, self.outline.anchor(text), text)
        self.outline.headings.append(heading)
        return f'{mark}<h{level} id="{escape(heading.anchor)}">{inside}</h{level}>'

    def _table(self, opening: str, inside: str) -> str:
        """A table in a container of its own that scrolls, so that the page never does."""
        self.outline.tables += 1
        number = self.outline.tables
        if f'id="table.{number}"' in inside:
            label = f'aria-labelledby="table.{number}"'
        else:
            label = f'aria-label="{escape(_("Table: {heading}", heading=self.outline.nearest))}"'
        return (
            f'<div class="wide" role="region" tabindex="0" {label}>{opening}{inside}</table></div>'
        )


def _cell(text: str) -> str:
    """Text of a table's cell: dates are kept on one line, and an address is a link."""
    if _LINK.fullmatch(text) and not text.startswith("#"):
        return f'<a class="address" href="{escape(text)}" rel="noreferrer">{escape(text)}</a>'
    return _DATE.sub(r'<span class="date">\g<0></span>', escape(text))


def _attributes(tag: str, given: list[tuple[str, str | None]]) -> str:
    kept = {}
    for name, value in given:
        value = value or ""
        if name == "style" and (match := _ALIGNED.fullmatch(value)):
            kept["class"] = "number" if match[1] == "right" else "center"
        if tag in _SHAPES and name not in _ATTRIBUTES:
            if _placed(name, value):
                kept["viewBox" if name == "viewbox" else name] = value
            continue
        if name not in _ATTRIBUTES | _OF_ELEMENT.get(tag, set()):
            continue
        if (name, value) not in {("role", "region"), ("tabindex", "0")} and (
            name in {"role", "tabindex"}
        ):
            continue
        if name == "href" and not _LINK.fullmatch(value.strip()):
            continue
        if name == "src" and not _PICTURE.fullmatch(value):
            continue
        kept[name] = value.strip() if name == "href" else value
    if tag == "img":
        kept.setdefault("alt", "")
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _placed(name: str, value: str) -> bool:
    """Whether an attribute of a drawing only places it, or says what it shows."""
    if name in _PLACES:
        return bool(_PLACE.fullmatch(value))
    return name == "aria-label" or value in _WORDS_OF.get(name, ())


def _text(fragment: str) -> str:
    """The words of a fragment."""
    reader = _Words()
    reader.feed(fragment)
    reader.close()
    return " ".join("".join(reader.words).split())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


# --- figures ---

_PHONE = 400  # pixels
# Characters that may stand in an address as they are; fewer escapes, smaller pages.
_SAFE = "!$'*,-./:;=?@_~"
_SIZE = re.compile(r"<svg[^>]*? viewBox=.[-0-9. ]+ ([0-9]+)(?:\.[0-9]+)? ([0-9]+)")
_ATTRIBUTE = re.compile(r'="([^"\'<>]*)"')


def figure(
    kind: str, data: str, alternative: str | None, bundle: Any, outline: Outline, report: str
) -> str:
    """A picture with its alternative text, its size, and its data.

    ``bundle`` is what the cell hands over beside it; ``drawn`` in it holds the figure's ``title``
    and its data as ``html`` and ``csv``.
    """
    given = bundle.get("drawn") if isinstance(bundle, Mapping) else None
    drawn = {name: str(each or "") for name, each in given.items()} if isinstance(given, Mapping) else {}
    outline.figures += 1
    number = outline.figures
    title = drawn.get("title") or outline.nearest
    name = _("Figure {number}: {title}", number=number, title=title)
    data_of = _data(drawn, f"{report}-figure-{number}.csv", name, outline)
    return f"<figure>{_picture(kind, data, alternative or name, name)}{data_of}</figure>"


def _picture(kind: str, data: str, alternative: str, name: str) -> str:
    """The picture in a region that scrolls on a phone, with its size: the page does not jump."""
    width = height = 0
    if kind == "image/svg+xml":
        if match := _SIZE.search(data):
            # Twice the points of paper: the width that a page has for it.
            width, height = 2 * int(match[1]), 2 * int(match[2])
        # Quotation marks of the one kind need no escape inside those of the other.
        address = "," + quote(_ATTRIBUTE.sub(r"='\1'", data), safe=_SAFE)
    else:
        data = "".join(data.split())
        address = f";base64,{escape(data)}"
        if kind == "image/png":
            width, height = struct.unpack(">II", base64.b64decode(data[:64])[16:24])
    size = f' width="{width}" height="{height}"' if width else ""
    hint = ""
    if width > _PHONE:
        # Seen at phone width only, where the end of a figure could otherwise be missed.
        words = escape(_("Scroll sideways to see the whole figure."))
        hint = f'<p class="hint" aria-hidden="true">{words}</p>'
    return (
        f'<div class="picture" role="region" tabindex="0" aria-label="{escape(name)}">{hint}'
        f'<img src="data:{kind}{address}" alt="{escape(alternative)}"{size}></div>'
    )


def _data(drawn: Mapping[str, str], file: str, name: str, outline: Outline) -> str:
    """The data, folded."""
    if not drawn.get("html"):
        return ""
    about = f' <span class="unseen">({escape(name)})</span>'
    save = ""
    if drawn.get("csv"):
        address = f"data:text/csv;charset=utf-8,{quote(drawn['csv'], safe=_SAFE)}"
        save = (
            f'<p class="save"><a download="{escape(file)}" href="{escape(address)}">'
            f"{escape(_('Save these data as CSV'))}{about}</a></p>"
        )
    return (
        f'<details class="data"><summary>{escape(_("Data of this figure"))}{about}</summary>'
        f"{save}{rebuild(drawn['html'], outline)}</details>"
    )
