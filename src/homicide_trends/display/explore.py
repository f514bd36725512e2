"""One definition of a stated figure at a time: its estimate, verdict and place among all others.

The grid of definitions is computed once for a figure (``prepare``); after that an answer takes
a few hundredths of a second, so that sliders can ask for it. ``panel`` is those sliders, for
JupyterLab; everything else works without a browser:

>>> from homicide_trends.display import explore
>>> start = explore.Definition("memo-averted", "SLV", baseline_start="2012-01-01",
...     baseline_end="2012-03-08", window_start="2012-03-09", window_end="2013-12-31")
>>> print(explore.command(start)[:61])
homicide-trends render averted claim -p figure memo-averted -
"""

from .answers import Answer, answer
from .definitions import Definition, Prepared, command, figures_to_explore, first, prepare
from .drawing import curve
from .explore_words import summary
from .panel import panel

__all__ = [
    "Answer",
    "Definition",
    "Prepared",
    "answer",
    "command",
    "curve",
    "figures_to_explore",
    "first",
    "panel",
    "prepare",
    "summary",
]
