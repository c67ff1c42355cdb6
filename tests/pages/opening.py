"""Screens opened without a browser, and what they say."""

import re
from html import unescape

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from pages import following

TIMEOUT_SECONDS = 200


def opened(page: str, **query: str) -> AppTest:
    """Run the application and, from there, one of its pages."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page:
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, [one.value for one in app.exception]
    return app


def back(app: AppTest, query: dict[str, str]) -> None:
    """Run as the browser does at Back: another address, no widget touched, and it says so."""
    app.query_params.clear()
    app.query_params.update(query)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "stepped", lambda: True)
        app.run()
    assert not app.exception


def words(app: AppTest) -> str:
    """Return all that a screen says, tables left out."""
    shown = [
        *app.markdown,
        *app.caption,
        *app.text,
        *app.title,
        *app.header,
        *app.subheader,
        *app.get("html"),
    ]
    return " ".join(str(getattr(one, "value", "") or one.proto.body) for one in shown)


def plain_tables(app: AppTest) -> list[pd.DataFrame]:
    """Return the tables drawn as HTML, as texts under their headings."""
    found = []
    for one in app.get("html"):
        rows = [
            [unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", one.proto.body)
        ]
        if rows:
            found.append(pd.DataFrame(rows[1:], columns=rows[0]))
    return found
