"""The screen of solidarity opened without a browser."""

from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "solidarite.py"), default_timeout=200)
    for key, text in query.items():
        app.query_params[key] = text
    return app.run()
