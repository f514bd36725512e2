"""A figure as a file of its own, with its source line: PNG for pages, SVG for print and editing."""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language import _
from ..tables.writing import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 240
_COLOURS, _WHITE = 128, 0xFFFFFFFF
FORMATS = ("svg", "png")
# A hundredth of a point is finer than any printer; what is beyond it only makes files larger.
_ELEMENT, _BEYOND = re.compile(r"<[a-z][^<>]*>"), re.compile(r"(\.[0-9]{2})[0-9]+(?=[ \",)])| \n")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")  # it would name an address that nobody needs
# Letters stay text, which can be searched and edited; Verdana is as wide as DejaVu Sans.
_FONTS = ("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")


def save(ax: "Axes", path: str | Path, *, alt: str = "") -> Path:
    """Write a figure, with its source line, to a file that ends in ``.svg`` or ``.png``.

    ``alt`` is the text that replaces the figure, and travels in an SVG as its description. Works
    before and after ``show``. The same figure gives the same bytes. Raises ValueError for
    another ending.

    >>> from tempfile import TemporaryDirectory
    >>> from homicide_trends.display import plots
    >>> with TemporaryDirectory() as folder:
    ...     saved = save(plots.axes("Deaths a month"), Path(folder, "deaths.svg"))
    ...     "Deaths a month" in saved.read_text()
    True
    """
    path = Path(path)
    figure = ax.get_figure(root=True)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise ValueError(
            _("cannot save a figure as {name!r}; the name ends in .svg or .png", name=path.name)
        )
    content = png(figure) if ending == "png" else svg(ax, alt).encode()
    write(path, content)
    return path


def svg(ax: "Axes", alt: str = "") -> str:
    """The figure as SVG, with its title and the text that replaces it."""
    import matplotlib as mpl

    figure: Any = ax.get_figure(root=True)
    out = io.StringIO()
    # Ids are made from contents, and no date or version is written: the same bytes every time.
    fixed = {"svg.fonttype": "none", "svg.hashsalt": "homicide-trends"}
    metadata = {"Date": None, "Creator": None, "Title": ax.get_title(loc="left"),
                "Description": alt or None}  # fmt: skip
    with mpl.rc_context(fixed):
        figure.savefig(out, format="svg", metadata=metadata)
    text = _DOCTYPE.sub("", out.getvalue(), count=1).replace("<svg ", '<svg role="img" ', 1)
    return _ELEMENT.sub(_shorter, text).replace(*_FONTS)


def _shorter(element: re.Match[str]) -> str:
    """An element with no more digits than can be seen, and no line breaks in its path."""
    return _BEYOND.sub(lambda found: found[1] or " ", element[0])


def png(figure: Any) -> bytes:
    """The figure as PNG: sharp on dense screens, and small by a palette of colours.

    The palette is sought among the pixels that are not white: most are, and time goes by pixels.
    """
    import numpy as np
    from PIL import Image

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="rgba", dpi=DPI)
    width, height = (int(inches * DPI) for inches in figure.get_size_inches())
    pixels = np.frombuffer(drawn.getvalue(), dtype=np.uint32)
    coloured = pixels != _WHITE
    found = pixels[coloured] if coloured.any() else pixels[:1]
    colours = Image.frombytes("RGBX", (len(found), 1), found.tobytes()).convert("RGB")
    colours = colours.quantize(_COLOURS - 1, dither=Image.Dither.NONE)
    numbers = np.full(len(pixels), _COLOURS - 1, dtype=np.uint8)
    numbers[coloured] = np.asarray(colours)[0][: coloured.sum()]
    picture = Image.frombytes("P", (width, height), numbers.tobytes())
    palette = colours.getpalette() or []
    picture.putpalette((palette + [0] * 768)[: 3 * (_COLOURS - 1)] + [255] * 3)
    picture.save(small, format="png")
    return small.getvalue()
