"""How long a move takes while exploring a figure: median milliseconds by kind of move.

    .venv/bin/python benchmarks/explore.py [FIGURE_ID] [MOVES]

A move is everything that happens between a slider's new value and what is to be shown for it:
the answer, the sentences, the drawing and the command. What the browser then does is not in it.
"""

import itertools
import statistics
import sys
import time

from homicide_trends.display import explore


def main() -> None:
    """Print a line for each kind of move."""
    figure = sys.argv[1] if len(sys.argv) > 1 else "memo-sixty-percent"
    moves = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    began = time.perf_counter()
    box = explore.panel(figure)
    print(f"opening {figure}, its grid included: {time.perf_counter() - began:.1f} s, once")
    print(f"{'move':<14}{'median ms':>10}{'slowest ms':>12}")
    others = [one for _, one in box.figure.options if one != figure]
    for one in [*others, figure]:  # each grid is computed when its figure is first chosen
        box.figure.value = one
    for name in (
        "window_end",
        "window_start",
        "baseline",
        "agency",
        "population",
        "conf",
        "figure",
    ):
        report(name, getattr(box, name), moves)
    box.baseline.value = "own"
    months = [month for _, month in box.own.options]
    taken = []
    for at in itertools.islice(itertools.cycle(range(len(months) - 12)), moves):
        taken.append(timed(box.own, (months[at], months[at + 11])))
    say("own months", taken)


def report(name: str, control: object, moves: int) -> None:
    """Move one control through its choices and back to where it was."""
    values = [option[1] if isinstance(option, tuple) else option for option in control.options]
    before = control.value
    others = [value for value in values if value != before]
    if not others:
        return
    rounds = itertools.islice(itertools.cycle([*others, before]), moves)
    say(name, [timed(control, value) for value in rounds])
    control.value = before


def timed(control: object, value: object) -> float:
    """Milliseconds until the move has been answered."""
    began = time.perf_counter()
    control.value = value
    return 1000 * (time.perf_counter() - began)


def say(name: str, taken: list[float]) -> None:
    """One line of the table."""
    print(f"{name:<14}{statistics.median(taken):>10.0f}{max(taken):>12.0f}")


if __name__ == "__main__":
    main()
