"""What the other screens import: what opens and checks the files that others wrote.

And what the screens of figures import of ours, but what draws maps.
"""

from data.access import travel_time_errors  # noqa: F401
from data.maps import pdses  # noqa: F401
from data.official import dropped_files, reading, refresh  # noqa: F401
from data.pdses import reader as lines_reader  # noqa: F401
from data.region import schemas  # noqa: F401
from pages import (  # noqa: F401
    method_texts,
    permanence_import,
    risk_choices,
    sheet_body,
    zoning_view,
)
