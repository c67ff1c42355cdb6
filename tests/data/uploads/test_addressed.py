"""Sites in an address: the same sites come back, and nothing else does."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.region.catalogue import load_territory
from data.uploads import Site
from data.uploads.addressed import MOST_CHARACTERS, from_text, to_text

SITES = (
    Site(2, "MSP d’Ussel 🏥", "19275", "Ussel", 2.3138, 45.5448, 4.5, moving={"19136": 1.0}),
    Site(3, "<b>{{7*7}}</b>", "23096", "Guéret", 1.8709, 46.1696, None, 2.0, 300.0, 2027),
)


def packed(content: Any) -> str:
    raw = zlib.compress(json.dumps(content).encode())
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_sites_come_back_as_they_were() -> None:
    text = to_text(SITES)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert from_text(text, load_territory("75")) == SITES


def test_a_hundred_sites_fit_and_too_many_are_not_cut() -> None:
    many = [
        Site(n, f"MSP {n}", "19275", "Ussel", 2.3 + n / 1000, 45.5 + n / 999) for n in range(100)
    ]
    assert 0 < len(to_text(many)) <= MOST_CHARACTERS
    assert len(from_text(to_text(many), load_territory("75"))) == 100
    scattered = [
        Site(n, f"MSP {n**5}", "19275", "Ussel", 2 + (n**3 % 9973) / 1e5, 45 + (n**4 % 9871) / 1e5)
        for n in range(900)
    ]
    assert to_text(scattered) == ""
    assert to_text(()) == ""


ROW: list[Any] = [1, "MSP", "19275", 2.3, 45.5, 2, 1, None, None, {}]


@pytest.mark.parametrize(
    ("field", "value"),
    [(0, -1), (0, "1"), (1, 7), (2, None), (3, 12.0), (4, float("nan")), (9, [])],
)
def test_a_field_that_is_not_one_leaves_its_site_out(field: int, value: Any) -> None:
    row = [*ROW[:field], value, *ROW[field + 1 :]]
    kept = from_text(packed([row, ROW]), load_territory("75"))
    assert [one.name for one in kept] == ["MSP"]


def test_foreign_values_fall_back() -> None:
    row = [1, "M" * 999, "99999", 2.3, 45.5, -3, True, 1e9, 12, {"99999": 1, "23096": 1e9}]
    (site,) = from_text(packed([row]), load_territory("75"))
    assert (site.code, site.commune, site.gps, site.others) == ("", "", None, None)
    assert (site.floor_m2, site.opening_year, site.moving) == (None, None, {})
    assert len(site.name) == 200


def test_a_bomb_is_not_unpacked() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" + b" " * 4_000_000, 9)).decode()
    assert len(bomb) <= MOST_CHARACTERS
    assert from_text(bomb, load_territory("75")) == ()


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: packed(raw.hex())))
def test_any_text_gives_no_site_and_no_error(text: str) -> None:
    assert from_text(text, load_territory("75")) == ()
