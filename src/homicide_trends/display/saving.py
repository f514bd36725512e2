"""A figure with its source line, as SVG, or as PNG for programs that take nothing else."""

import io
import os
import re
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language import _
from ..tables.writing import write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 240
_COLOURS, _WHITE = 128, 0xFFFFFFFF
FORMATS = ("svg", "png")
VARIABLE = "HOMICIDE_TRENDS_FIGURES"  # names the format of the figures that notebooks show
_FONTS = "DejaVu Sans, Verdana, sans-serif"  # Verdana is as wide as DejaVu Sans
# What Matplotlib writes and nobody needs: an address, names that nothing refers to, turns by
# nothing, the font of each text again, and who made the file with what.
_NEEDLESS = re.compile(
    r"<!DOCTYPE[^>]*>\s*| <metadata>.*?</metadata>\s*|(?<=<g) id=\"[^\"]*\""
    r"| transform=\"rotate\(-0 [^\"]*\"|font-family: [^;\"]*(?:; )?| standalone=\"no\""
    r"|; text-anchor: start", re.DOTALL)  # fmt: skip
# A hundredth of a point is finer than any printer; what is beyond it only makes files larger.
_ELEMENT, _BEYOND = re.compile(r"<[a-z][^<>]*>"), re.compile(r"(\.[0-9]{2})[0-9]+(?=[\s\",)])")
_GROUP = re.compile(r"<g>((?:(?!</?g[ >]).)*)</g>", re.DOTALL)  # one that says nothing of its parts
_PATH = re.compile(r" d=\"([^\"]*)\"")


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
    # Letters stay text, which can be searched and edited.
    fixed = {"svg.fonttype": "none", "svg.hashsalt": "homicide-trends"}
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with mpl.rc_context(fixed):
        figure.savefig(out, format="svg", metadata=metadata)
    text = re.sub(r">\n\s*<", "><", _ELEMENT.sub(_shorter, _NEEDLESS.sub("", out.getvalue())))
    found = 1
    while found:
        text, found = _GROUP.subn(r"\1", text)
    about = f"<title>{escape(ax.get_title(loc='left'))}</title>"
    about += f"<desc>{escape(alt)}</desc>" if alt else ""
    head, _, rest = text.partition("<svg ")
    opening, _, rest = rest.partition(">")
    return f'{head}<svg role="img" font-family="{_FONTS}" {opening}>{about}{rest}'


def _shorter(element: re.Match[str]) -> str:
    """An element with no more digits and blanks than are needed."""
    text = _BEYOND.sub(r"\1", element[0]).replace("; ", ";").replace(": ", ":")
    return _PATH.sub(lambda path: f' d="{_packed(path[1])}"', text)


def _packed(path: str) -> str:
    """The words of a path without the blanks around its letters."""
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", path.strip()).replace(" ", ",")


def shown(ax: "Axes", alt: str = "") -> tuple[str, str]:
    """A figure as a notebook shows it, its media type first: SVG, or PNG where that is asked for.

    >>> from homicide_trends.display import plots
    >>> shown(plots.axes("Deaths a month"))[0]
    'image/svg+xml'
    """
    if os.environ.get(VARIABLE) == "png":
        return "image/png", b64encode(png(ax.get_figure(root=True))).decode("ascii")
    return "image/svg+xml", svg(ax, alt)


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
