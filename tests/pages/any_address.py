"""Any screen opened at any address without a browser."""

import re

from data.base.paths import ROOT

SCREENS = re.findall(r'^    \("(\w+)", "', (ROOT / "app.py").read_text("utf-8"), flags=re.MULTILINE)
TIMEOUT_SECONDS = 200


def opening_on(screen: str) -> str:
    """Return the application with a screen as the first, which opens by itself."""
    source = (ROOT / "app.py").read_text(encoding="utf-8")
    first = "first = place == 0"
    assert first in source
    opened = source.replace(first, f'first = name == "{screen}"')
    return opened.replace('f"pages/', f'f"{ROOT}/pages/').replace('"pages/', f'"{ROOT}/pages/')
