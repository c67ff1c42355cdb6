"""How long "39 volontaires : quelle part du besoin, quels EPCI" takes, and what it answers.

`PROXISOINS_HOME=… python -m benchmarks.solidarity [region]` asks the data folder in use, real
counts or demonstration, as a server that has been running does: indicators are read, then 39
volunteers are asked for, then other numbers and ceilings, each for the first time. Processor
seconds count all cores; wall-clock ones depend on the machine, so that its load is printed with
them. Last comes a gesture on the screen as Streamlit runs it, the browser left out.
"""

import os
import sys
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from data.base.french import percent
from data.base.paths import ROOT
from data.region.catalogue import load_territory
from data.region.territory import Territory
from data.solidarity import tables
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan

AIM_S = 2.0
ASKED = {
    "39 volontaires, avancées": Terms(volunteers=39),
    "100 volontaires": Terms(volunteers=100),
    "39, aucun donneur sous 2,5": Terms(volunteers=39, floor=2.5),
    "39, 28 sites d’accueil": Terms(volunteers=39, sites=28),
    "39, rotation": Terms("rotation", volunteers=39),
}
"""What is asked, in turn, in the words of the table."""


def answered(territory: Territory, terms: Terms) -> str:
    """Find a plan and all that the screen says of it; return its sentence."""
    found = help_plan(territory, Question(), terms)
    tables.losses(territory, found)
    tables.target_table(territory, found)
    tables.donor_table(territory, found)
    tables.host_table(found)
    epci = tables.by_epci(found).sort_values("covered", ascending=False).head(3)
    named = ", ".join(f"{one.epci_name} ({one.covered:.0f})" for one in epci.itertuples())
    return f"{percent(found.covered / found.need)} ; {named}"


def measured(name: str, act: Callable[[], object]) -> None:
    """Print one row: what was done, wall-clock and processor seconds, what came of it."""
    wall, processor = time.perf_counter(), time.process_time()
    said = act()
    spent = time.perf_counter() - wall, time.process_time() - processor
    print(f"| {name} | {spent[0]:.2f} | {spent[1]:.2f} | {said} |", flush=True)


def screen() -> str:
    """Open the screen, then ask for 40 volunteers; return what the second run took."""
    app = AppTest.from_file(str(ROOT / "pages" / "solidarite.py"), default_timeout=600).run()
    [volunteers] = [one for one in app.number_input if one.label.startswith("Volontaires")]
    wall, processor = time.perf_counter(), time.process_time()
    volunteers.set_value(40).run()
    spent = time.perf_counter() - wall, time.process_time() - processor
    return f"of which the gesture: {spent[0]:.2f} s, processor {spent[1]:.2f} s"


def main() -> None:
    """Measure, and print a table in Markdown."""
    territory = load_territory(sys.argv[1] if len(sys.argv) > 1 else "75")
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; aim {AIM_S:g} s of wall clock\n"
    )
    print("| | wall s | processor s | answer |\n|---|---|---|---|")
    measured("first plan: roads read or made", lambda: answered(territory, Terms(volunteers=1)))
    for name, terms in ASKED.items():
        measured(name, lambda terms=terms: answered(territory, terms))
    measured("screen, opened and changed once", screen)


if __name__ == "__main__":
    main()
