"""What every screen but the map imports, read once in the background when the map is there."""

import altair as alt  # noqa: F401  (the line charts import it at first use)

# Not what draws maps: streamlit-folium registers its frame only where a session imports it.
from data.access import comparison, travel_time_errors, zoning_gauges  # noqa: F401
from data.maps import pdses, sites  # noqa: F401
from data.official import dropped_files, reading, refresh  # noqa: F401
from data.pdses import reader as lines_reader  # noqa: F401
from data.reports import scenario_pdf, sheet_pdf, site_tables, zoning_annex  # noqa: F401
from data.scenarios import database  # noqa: F401
from data.uploads import corrections, read_lines  # noqa: F401
from geo import static_map  # noqa: F401
from pages import (  # noqa: F401
    method_texts,
    permanence_import,
    risk_panels,
    risk_proof,
)
