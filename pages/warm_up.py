"""What a visitor would wait for, done as the process starts: the map first, then the rest."""

import logging
import os
from contextlib import suppress

import folium.plugins  # noqa: F401  (whose templates are compiled as it is read)
import streamlit as st

# What the map imports, read once, before anyone is served; but what draws it:
# streamlit-folium registers its frame only where a session imports it.
from data.maps import payload
from data.region import france
from data.uploads import own_points  # noqa: F401
from geo.errors import ProxiSoinsError, UnavailableError
from models.region import soon
from pages import (  # noqa: F401
    accounts,
    asked,
    bar,
    carte_around,
    carte_changes,
    carte_soon,
    carte_table,
    carte_view,
    exporting,
    map_dialogue,
    pressed,
    reads,
    region_switch,
    shell,
    starting,
    table_filters,
)
from pages.settling import settle
from pages.state import REGION

LOG = logging.getLogger("proxisoins")


# Cached, so that the functions cached within look for no screen to show their progress on.
@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the region that is asked for first as the first screens need it, once per process."""
    starting.map_imported()
    try:
        _load_map()
    except ProxiSoinsError as error:
        # The screens say it again, to who can mend it.
        LOG.warning("Nothing is prepared for the first visitor: %s", error)
    starting.leave_room()
    _import_rest()
    for step in (_open_database, _load_risk, _load_rest, _load_help):
        starting.give_way()
        try:
            step()
        except ProxiSoinsError as error:
            LOG.warning("Nothing is prepared for the first screens: %s", error)
    # What is kept needs no compiler and no solver: who changes a choice before waits for them.
    starting.give_way()
    from scipy import optimize  # noqa: F401  (read where it is called)

    with suppress(ImportError):  # a machine without a compiler
        from geo import kept_kernels  # noqa: F401
    settle()


def first_region() -> str:
    """Return the region to load first: of PROXISOINS_FIRST_REGION if it is built, else ours."""
    named = os.environ.get("PROXISOINS_FIRST_REGION", "").strip()
    return named if named in france.built() else REGION


def _load_map() -> None:
    territory = shell.region(first_region())
    # As the first visitor will see it: where one logs in, that may be without the risk.
    for with_risk in (True, False) if accounts.login_configured() else (True,):
        carte_view.configuration(
            territory, with_risk=with_risk, with_soon=with_risk and soon.is_kept(territory)
        )


def _import_rest() -> None:
    from pages import later_imports  # noqa: F401

    starting.figures_imported()
    starting.give_way()
    from pages import last_imports  # noqa: F401

    starting.all_imported()


def _open_database() -> None:
    from data.scenarios import database

    with database.session():  # which brings its tables up to date
        pass


def _load_risk() -> None:
    from models.learning.signals import DEFAULT_HORIZON
    from pages import risk_view

    territory = shell.region(first_region())
    shell.commune_indicators(territory)
    shell.whole(territory)
    with suppress(ProxiSoinsError):  # no risk is known: the screens say why
        risk_view.configuration(territory, DEFAULT_HORIZON, None)


def _load_rest() -> None:
    # Not imported above: the map does without.
    from data.files import sandbox
    from data.official import reading
    from data.pdses import coverage
    from data.pdses import reader as lines_reader
    from data.uploads import read_lines
    from geo import static_map  # noqa: F401  (what draws the sheet's map)
    from models.learning.signals import DEFAULT_HORIZON

    territory = shell.region(first_region())
    with suppress(ProxiSoinsError):  # no risk is known
        shell.public_risk(territory, DEFAULT_HORIZON)
    for level in payload.LEVELS:
        starting.give_way()
        shell.aggregated_indicators(territory, level)
    # Minutes to all lines, kept from then on.
    coverage.lines_covering(territory, str(territory.communes["code"].iloc[0]))
    starting.give_way()
    sandbox.warm(read_lines, lines_reader.read_lines, reading.read_here)


def _load_help() -> None:
    from data.solidarity import plans, tables
    from pages.help_choices import HelpChoices

    territory = shell.region(first_region())
    # The longest screen to open, as it opens.
    chosen = HelpChoices()
    with suppress(UnavailableError):  # a region without zones has nobody to help yet
        tables.moved(territory, plans.help_plan(territory, chosen.question(), chosen.terms()))
