"""Generated addresses and tokens: every address gives a view, no forged token opens anything."""

import os
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.scenarios import sharing, store
from data.scenarios.drafts import Draft
from geo.errors import UnavailableError
from pages.state import LAYERS, ViewState
from tests.faults.addresses import ODD, queries

GENERATED = int(os.environ.get("PROXISOINS_GENERATED", "0"))
"""How many of each, 0 for a few: `docs/security.md` gives the result of 10,000."""


@settings(max_examples=GENERATED or 150)
@given(queries)
@example({"region": "75\n", "commune": "33063\n", "ind": "apl\n", "territoire": "epci:0\n"})
def test_any_address_gives_a_view_within_bounds(query: dict[str, str]) -> None:
    view = ViewState.from_query(query)
    assert ViewState.from_query(view.to_query()) == view
    for value, limit in ((view.lon, 180), (view.lat, 85), (view.zoom, 18)):
        assert value is None or abs(value) <= limit
    assert view.here is None or (abs(view.here[0]) <= 180 and abs(view.here[1]) <= 85)
    assert set(view.layers) <= set(LAYERS)
    text = "".join([view.region, view.indicator, view.commune, view.territory])
    assert all(character.isalnum() or character in "_:.-" for character in text)


@settings(max_examples=GENERATED or 40)
@given(st.text(max_size=200))
def test_any_raw_query_string_gives_a_view(raw: str) -> None:
    pairs = parse_qsl(raw, keep_blank_values=True)
    ViewState.from_query(dict(pairs))
    ViewState.from_query(dict(reversed(pairs)))  # a parameter that is repeated


@settings(max_examples=GENERATED or 40)
@given(st.text(max_size=60) | st.sampled_from(ODD) | st.binary(max_size=40).map(bytes.hex))
@example("%")
def test_a_forged_token_opens_nothing(forged: str) -> None:
    token = _token()
    shown = sharing.open_share(token)
    assert shown.draft.name == "Partagé"
    for tried in (forged, token + forged, token[: len(forged)], token[:-1], token.swapcase()):
        if tried != token:
            with pytest.raises(UnavailableError, match="n’existe pas"):
                sharing.open_share(tried)


def _token() -> str:
    saved = store.save(Draft(name="Partagé", region="75")) if not store.scenarios() else None
    return sharing.share((saved or store.scenarios()[0]).id)[0]
