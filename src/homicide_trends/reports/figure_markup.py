"""A figure on a page: the picture, and its data as a table and as CSV.

What can be saved is in the page itself: no script, no request. A picture that is SVG is drawn
once, and is what a browser saves of it.
"""

import base64
import re
import struct
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from ..language import _
from .markup import Outline, rebuild

_PHONE = 400  # pixels
# Characters that may stand in an address as they are; fewer escapes, smaller pages.
_SAFE = "!$'()*,-./:;=?@_~"
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
