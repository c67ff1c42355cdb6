"""What a visitor would wait for, done as the process starts: its imports, then its data."""

import logging

import altair as alt  # noqa: F401  (the line charts import it at first use)
import folium  # noqa: F401
import streamlit as st

# What the screens import, read once, before anyone is served; but what draws maps:
# streamlit-folium registers its frame only where a session imports it.
from data.access import comparison, indicators, travel_time_errors, zoning_gauges  # noqa: F401
from data.files import sandbox
from data.maps import contours, payload, pdses, sites  # noqa: F401
from data.official import dropped_files, reading, refresh  # noqa: F401
from data.pdses import coverage
from data.pdses import reader as lines_reader
from data.reports import scenario_pdf, sheet_pdf, site_tables, zoning_annex  # noqa: F401
from data.scenarios import database
from data.uploads import corrections, read_lines  # noqa: F401
from geo import static_map  # noqa: F401
from geo.errors import ProxiSoinsError
from pages import (  # noqa: F401
    method_texts,
    permanence_import,
    risk_panels,
    risk_proof,
    shell,
)
from pages.settling import settle
from pages.state import REGION

LOG = logging.getLogger("proxisoins")


# Cached, so that the functions cached within look for no screen to show their progress on.
@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load the default region as the first screens need it, once per process."""
    try:
        territory = shell.region(REGION)
        shell.commune_indicators(territory)
        shell.risk(territory)
        for level in payload.LEVELS:
            shell.aggregated_indicators(territory, level)
        contours.contours_file(territory)
        # Minutes to all lines, kept from then on.
        coverage.lines_covering(territory, str(territory.communes["code"].iloc[0]))
        with database.session():  # which brings its tables up to date
            pass
    except ProxiSoinsError as error:
        # The screens say it again, to who can mend it.
        LOG.warning("Nothing is prepared for the first visitor: %s", error)
    sandbox.warm(read_lines, lines_reader.read_lines, reading.read_here)
    settle()
