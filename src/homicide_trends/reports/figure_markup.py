"""A figure on a page: the picture, the same as SVG to save, and its data as a table and as CSV.

What can be saved is in the page itself, as links that hold a file: no script, no request.
"""

import base64
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from ..language import _
from .markup import Outline, rebuild

_PHONE = 400  # pixels
# Characters that may stand in an address as they are; fewer escapes, smaller pages.
_SAFE = "!$'()*,-./:;=?@_~"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a figure brings beside its picture: title, data as HTML and as CSV, and itself as SVG."""

    title: str = ""
    html: str = ""
    csv: str = ""
    svg: str = ""

    @classmethod
    def of(cls, bundle: Any) -> "Drawn":
        """What a cell's findings hold of it; empty where they hold nothing."""
        given = bundle.get("drawn") if isinstance(bundle, Mapping) else None
        given = given if isinstance(given, Mapping) else {}
        return cls(*(str(given.get(name) or "") for name in ("title", "html", "csv", "svg")))


def figure(
    kind: str, data: str, alternative: str | None, drawn: Drawn, outline: Outline, report: str
) -> str:
    """A picture with its alternative text, its size, and what can be saved of it."""
    outline.figures += 1
    number = outline.figures
    name = _("Figure {number}: {title}", number=number, title=drawn.title or outline.nearest)
    file = f"{report}-figure-{number}"
    return (
        f"<figure>{_picture(kind, data, alternative or name, name)}"
        f"{_as_svg(drawn, file, name)}{_data(drawn, file, name, outline)}</figure>"
    )


def _picture(kind: str, data: str, alternative: str, name: str) -> str:
    """The picture in a region that scrolls on a phone, with its size: the page does not jump."""
    if kind == "image/svg+xml":
        data = base64.b64encode(data.encode()).decode()
    data = "".join(data.split())
    size = hint = ""
    if kind == "image/png":
        width, height = struct.unpack(">II", base64.b64decode(data[:64])[16:24])
        size = f' width="{width}" height="{height}"'
        if width > _PHONE:
            # Seen at phone width only, where the end of a figure could otherwise be missed.
            words = escape(_("Scroll sideways to see the whole figure."))
            hint = f'<p class="hint" aria-hidden="true">{words}</p>'
    return (
        f'<div class="picture" role="region" tabindex="0" aria-label="{escape(name)}">{hint}'
        f'<img src="data:{kind};base64,{escape(data)}" alt="{escape(alternative)}"{size}></div>'
    )


def _as_svg(drawn: Drawn, file: str, name: str) -> str:
    if not drawn.svg:
        return ""
    content = base64.b64encode(drawn.svg.encode()).decode()
    address = f"data:image/svg+xml;base64,{content}"
    return (
        f'<p class="save">{_link(address, f"{file}.svg", _("Save this figure as SVG"), name)}</p>'
    )


def _data(drawn: Drawn, file: str, name: str, outline: Outline) -> str:
    """The data, folded."""
    if not drawn.html:
        return ""
    save = ""
    if drawn.csv:
        address = f"data:text/csv;charset=utf-8,{quote(drawn.csv, safe=_SAFE)}"
        save = f'<p class="save">{_link(address, f"{file}.csv", _("Save these data as CSV"), name)}</p>'
    return (
        f'<details class="data"><summary>{escape(_("Data of this figure"))} '
        f'<span class="unseen">({escape(name)})</span></summary>{save}{rebuild(drawn.html, outline)}</details>'
    )


def _link(address: str, file: str, words: str, name: str) -> str:
    return (
        f'<a download="{escape(file)}" href="{escape(address)}">{escape(words)}'
        f' <span class="unseen">({escape(name)})</span></a>'
    )
