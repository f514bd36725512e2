"""The command line: list, render, check, claims, new, import, update, site.

Results go to standard output, messages to standard error. Exit status 0: done; 1: a notebook
failed, or the check found problems; 2: a mistake in what was asked or given, and nothing was
written; 130: interrupted.
"""

import signal
import sys
from contextlib import suppress

import click

from .. import __version__
from ..language import _
from .check import check
from .claims import claims
from .import_counts import import_counts
from .list import list_reports
from .messages import Failed
from .new import new
from .options import LANG_OF_ALL, STATUS
from .render import render
from .site import site
from .spoken import Group
from .update import update


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=STATUS,
)
@LANG_OF_ALL
@click.version_option(__version__, prog_name="homicide-trends")
def cli() -> None:
    """Render reports on published homicide figures, and check the tables they read.

    A report tells for which definitions a published figure is true: which baseline, window,
    source, population and method.
    """


for _command in (list_reports, render, check, claims, new, import_counts, update, site):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; the exit status tells how it went."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        status = cli.main(prog_name="homicide-trends", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Interrupted."), err=True)
        status = 130
    except OSError as error:
        status = 1
        if isinstance(error, BrokenPipeError):
            sys.stderr = None  # whoever read our output stopped; there is nobody left to tell
        else:
            Failed(f"{error.filename or _('standard output')}: {error.strerror}").show()
    with suppress(OSError, ValueError):
        sys.stdout.close()  # what is still to be written has been told, or cannot be
    sys.exit(status if isinstance(status, int) else 0)


def _terminated(*_: object) -> None:
    """Leave as on Ctrl-C, so that workers and kernels are ended."""
    sys.exit(128 + signal.SIGTERM)
