"""What the fork server imports, once: everything that reports need, loaded and rehearsed.

Importing this module is for that process alone: it changes its folder, and when it ends it ends
what it has forked. It starts no thread and no connection, runs nothing of a notebook, and draws
without pyplot, whose backend is each notebook's own.
"""

import atexit
import gc
import json
import os
import signal
import string
import sys
import threading
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from shutil import rmtree

VARIABLE = "HOMICIDE_TRENDS_WARM"

# What runs a notebook and makes its page.
_ALWAYS = (
    "nbclient.exceptions",
    "papermill.execute",
    "homicide_trends.reports.rendering",
    "mistune",
    "pygments.lexers.python",
)

# What notebooks import, and what these libraries import late, at the first figure or table.
# Not matplotlib_inline: imported before its shell is there, it turns every figure into text.
_USUAL = (
    "numpy.random",
    "pandas",
    "pandas.core.methods.to_dict",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib.dates",
    "scipy.special",
    "homicide_trends.rates.counterfactual",
    "homicide_trends.tables.load",
    "homicide_trends.wording.descriptions",
    "homicide_trends.display.plots",
    "homicide_trends.rates.comparison",
    "homicide_trends.wording.sentences",
    "homicide_trends.series.counts",
    "homicide_trends.series.shares",
    "homicide_trends.display.tables",
    "homicide_trends.series.periods",
)

# What single modules of ours import late: worth the time where several reports need it.
_LATE = {
    "methods": (
        "homicide_trends.methods.estimates",
        "homicide_trends.methods.interrupted",
        "scipy.stats",
        "statsmodels.discrete.discrete_model",
        "statsmodels.genmod.generalized_linear_model",
        "statsmodels.stats.diagnostic",
        "statsmodels.stats.sandwich_covariance",
        "statsmodels.tsa.stattools",
    ),
    "claims": ("homicide_trends.claims",),
    "joinpoints": ("homicide_trends.methods.joinpoints", "scipy.stats"),
    "change_points": ("homicide_trends.methods.change_points", "scipy.optimize"),
}


def _load(words: list[str]) -> None:
    """Import and rehearse; what is missing or broken is for the notebook that needs it to say."""
    from .execution import before_nbformat

    before_nbformat()
    ours = "homicide_trends" in words
    late = [module for word in words for module in _LATE.get(word, ())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in (*_ALWAYS, *(_USUAL if ours else ()), *late):
            with suppress(Exception):
                import_module(module)
        for rehearse in (_prepare, *((_read, _draw) if ours else ())):
            with suppress(Exception):
                rehearse()


def _read() -> None:
    """Parse the tables; a report counts as their reader only when it asks for them itself."""
    from ..tables import load as data

    try:
        for table in data.schemas():
            with suppress(data.DataError):
                data.read_table(table)
    finally:
        data._tables_read.clear()


def _draw() -> None:
    """Fill caches of fonts and glyphs."""
    import numpy as np
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    from ..display import saving, style

    with rc_context(style.STYLE):
        figure = Figure(figsize=(1, 1), dpi=saving.DPI)
        FigureCanvasSVG(figure)
        ax = figure.add_subplot()
        ax.plot(np.array(["2012-01-01", "2013-01-01"], dtype="datetime64[D]"), [0, 1])
        style.date_axis(ax)
        ax.set_title(string.printable.split("\t")[0].replace("$", ""), fontweight="bold")
        for size in (8, 9, 9.5, 10, 10.5):
            ax.text(0, 0, string.ascii_letters + string.digits, fontsize=size)
        saving.svg(ax)


def _prepare() -> None:
    """Make the shell and the page's templates."""
    from . import html, shell

    shell.prepared()
    html._templates()


def _end(me: int, command: int, folder: str) -> None:
    """End what was forked; when the command is gone, remove its folder."""
    from .engine import end_children

    if os.getpid() == me:
        import psutil

        forked = psutil.Process().children()
        for process in forked:
            with suppress(psutil.NoSuchProcess):
                process.terminate()  # they end what they have started
        psutil.wait_procs(forked, timeout=10)
        end_children()
        if os.getppid() != command:
            rmtree(folder, ignore_errors=True)


def _one_thread() -> bool:
    with suppress(OSError):
        return len(os.listdir("/proc/self/task")) == 1
    return threading.active_count() == 1


SERVER = os.getpid()
PATH = [*sys.path]
FILTERS = [*warnings.filters]

if VARIABLE in os.environ:
    from .engine import adopt

    _given = json.loads(os.environ.pop(VARIABLE))
    os.chdir(_given["folder"])
    Path("matplotlibrc").touch()  # shields from the user's settings of matplotlib
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    adopt()
    atexit.register(_end, SERVER, os.getppid(), _given["folder"])
    gc.disable()
    _load(_given["words"])
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page in every fork
    # The fork server is told of what it has adopted, and wonders.
    warnings.filterwarnings("ignore", "forkserver: waitpid", UserWarning)

READY = _one_thread()
