"""How long a move takes on the explorer page, and how soon the page is ready, in Chromium.

    python benchmarks/explorer.py [PAGE.html]    # of a site, or a page of El Salvador made here

A move is what a reader does: another baseline, date, source, population, measure or value. It is
timed in the browser from the change to the next frame, everything redrawn and laid out.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser import chromium, offline

MOVES = 200
MOVE = """async ([moves, seed]) => {
    let at = seed;
    const random = (n) => {
        at = (at * 1103515245 + 12345) % 2147483648;
        return Math.floor(at / 2147483648 * n); };
    const all = (query) => [...document.querySelectorAll(query)].filter(each => !each.hidden);
    const pick = (query) => all(query)[random(all(query).length)];
    const choose = (id) => {
        const node = document.getElementById(id);
        node.value = node.options[random(node.options.length)].value;
        node.dispatchEvent(new Event('change', {bubbles: true})); };
    const taken = [];
    for (let i = 0; i < moves; i++) {
        const began = performance.now(), what = random(10);
        if (what < 5) pick('[role=slider]').dispatchEvent(new KeyboardEvent('keydown', {
            key: random(2) ? 'ArrowRight' : 'ArrowLeft', bubbles: true}));
        else if (what < 7) pick('#rows input').click();
        else choose(['who', 'pop', 'kind'][what - 7]);
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        document.body.getBoundingClientRect();
        taken.push(performance.now() - began);
    }
    return taken; }"""


def made(folder: Path) -> Path:
    """A page of El Salvador, as a site has it for a figure of one's own."""
    from homicide_trends.claims.explored import explore_place
    from homicide_trends.site import explorer

    start = {"place": "SLV", "from": "2012-03-09", "to": "2013-11-30", "base": "year_before",
             "who": "preferred", "pop": "days", "kind": "averted_deaths", "value": "4500",
             "word": "hedged"}  # fmt: skip
    page = explorer.render([explore_place("SLV")], file="own.html", start=start, home="Homicides")
    path = folder / "own.html"
    path.write_bytes(page)
    return path


def main() -> None:
    """Print the median and the slowest of the moves, and when the page was ready."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else made(Path(folder))
        with offline(browser, [], viewport={"width": 1280, "height": 900}) as context:
            page, ready = context.new_page(), []
            for _ in range(5):
                page.goto("about:blank")
                page.goto(path.as_uri())
                ready.append(float(page.evaluate("document.documentElement.dataset.ready")))
            taken = page.evaluate(MOVE, [MOVES, 7])
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB" if path.exists() else path.name)
    print(f"ready after {statistics.median(ready):.0f} ms (median of 5)")
    most = sorted(taken)[int(0.9 * MOVES)]
    print(
        f"{MOVES} moves: median {statistics.median(taken):.0f} ms, nine in ten within {most:.0f}, "
        f"slowest {max(taken):.0f}"
    )


if __name__ == "__main__":
    main()
