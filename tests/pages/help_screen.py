"""The screen of solidarity opened without a browser."""

from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT

SPECIALISTS = (
    "16015;Ophtalmologie;7;2025\n33063;Ophtalmologie;60;2025\n87085;Ophtalmologie;18;2025\n"
)
"""Lines of a file of specialists: commune, specialty, doctors, year."""


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "solidarite.py"), default_timeout=200)
    for key, text in query.items():
        app.query_params[key] = text
    return app.run()
