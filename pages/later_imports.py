"""What the screens of figures import, read once in the background when the map is there.

Not what opens files, read next (`pages.last_imports`), nor what writes PDF: who asks for a file
reads it then. What draws pictures comes last, by itself.
"""

# Not what draws maps: streamlit-folium registers its frame only where a session imports it.
import pandas.io.formats.style  # noqa: F401  (every table)
from streamlit import emojis  # noqa: F401  (every choice among pills)

from data.access import history, zoning_gauges  # noqa: F401
from data.maps import sites  # noqa: F401
from data.reports import site_tables, zoning_annex  # noqa: F401
from data.scenarios import database  # noqa: F401
from data.uploads import corrections, read_lines  # noqa: F401
from pages import risk_panels, risk_proof, risk_view, sheet_paper, view_sharing  # noqa: F401
