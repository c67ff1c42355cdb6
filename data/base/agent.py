"""How the application names itself to the servers of official sources."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def user_agent() -> str:
    """Return "ProxiSoins/<version>": a server may ask who calls, INSEE's refuses none."""
    try:
        return f"ProxiSoins/{version('proxisoins')}"
    except PackageNotFoundError:  # run from a folder that was not installed
        return "ProxiSoins/0"
