"""What the other screens import: what opens and checks the files that others wrote."""

from data.maps import pdses  # noqa: F401
from data.official import dropped_files, reading, refresh  # noqa: F401
from data.pdses import reader as lines_reader  # noqa: F401
from data.region import schemas  # noqa: F401
from pages import method_texts, permanence_import  # noqa: F401
