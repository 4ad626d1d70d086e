"""What plugins of the user cost at start: fifty good ones and all that misbehave in the tests, all of them allowed."""

import os
import sys
import tempfile
import time

from tests.bench.measure import paired, table
from tests.rude import AT_IMPORT, filled, good

HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


def starts() -> None:
    """First and second start with the plugins, and the second beside a start without them."""
    from optlab.host import load_plugins, trust
    from optlab.paths import user_folder

    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    for n in range(50):
        (folder / f"good_{n}.py").write_text(good(f"good_{n}"), "utf-8")
    for name, fault in AT_IMPORT.items():
        (folder / f"{name}.py").write_text(filled(fault["source"]), "utf-8")
    trust.develop(folder)
    started = time.perf_counter()
    host = load_plugins()
    first = time.perf_counter() - started
    states = [sum(r.state == state for r in host.records if r.outside) for state in ("on", "broken")]
    without, second, ratio = paired(lambda: load_plugins(shipped_only=True), load_plugins)
    rows = [("on, broken", states), ("first start, s", f"{first:.1f}"), ("second start, s", f"{second:.2f}"),
            ("without them, s", f"{without:.2f}"), ("ratio (aim: 1.5)", f"{ratio:.2f}")]  # fmt: skip
    table("Plugins of the user", ("", ""), rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(dict.fromkeys(HOMES, home))
        sys.exit(starts())
