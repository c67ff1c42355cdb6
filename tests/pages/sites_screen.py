"""The screen of sites opened without a browser, and what it says."""

from collections.abc import Iterable
from typing import TypeVar

from streamlit.testing.v1 import AppTest

from data.base import paths
from pages.sites_upload import WORK, Work


def opened(page: str, work: Work | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=240)
    app.query_params.update(query)
    if work is not None:
        app.session_state[WORK] = work
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception, [one.value for one in app.exception]
    return app


_Field = TypeVar("_Field")


def field(fields: Iterable[_Field], key: str) -> _Field:
    """Return the field that shows what `pages.fields.written` was given under a key."""
    return next(one for one in fields if str(getattr(one, "key", "")).startswith(f"{key}#"))


def texts(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.text, *app.title, *app.caption, *app.warning])


def html(app: AppTest) -> str:
    """Return all that a browser would read as markup."""
    kinds = [*app.markdown, *app.title, *app.header, *app.subheader, *app.caption]
    return " ".join([*(one.value for one in kinds), *(one.proto.body for one in app.get("html"))])


def tables(app: AppTest) -> str:
    """Return what the tables hold."""
    shown = (str(one.value.to_dict()) for one in app.dataframe)
    return " ".join([*shown, *(one.proto.body for one in app.get("html"))])
