"""The view and its URL: round trip, and no parameter that can break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.region import embedded_set, france
from pages import map_dialogue
from pages.help_choices import HelpChoices
from pages.specialist_choices import SpecialistChoices
from pages.state import LAYERS, RiskChoices, ViewState

several = st.lists(st.sampled_from(["23", "2A", "200070159", "tres-eleve"]), unique=True).map(tuple)
choices = st.builds(
    RiskChoices,
    horizon=st.none() | st.integers(1, 30),
    tab=st.sampled_from(["", "un-signal", "la-preuve"]),
    departements=several,
    epcis=several,
    classes=several,
    zones=several,
    part=st.sampled_from(["", "si-cela-arrive"]),
    inhabitants=st.none() | st.integers(1, 100_000),
)
views = st.builds(
    ViewState,
    region=st.sampled_from(["75", "53", "FR"]),
    lon=st.integers(-17_000_000, 17_000_000).map(lambda n: n / 1e5),
    lat=st.integers(-8_500_000, 8_500_000).map(lambda n: n / 1e5),
    zoom=st.integers(1, 18).map(float),
    indicator=st.sampled_from(["apl", "share_without_room", "zone"]),
    per_gp=st.none() | st.integers(1, 10_000),
    within=st.none() | st.integers(1, 120),
    fair=st.booleans(),
    layers=st.sets(st.sampled_from(LAYERS)).map(
        lambda chosen: tuple(name for name in LAYERS if name in chosen)
    ),
    commune=st.sampled_from(["", "16001", "2A004"]),
    here=st.none() | st.sampled_from([(0.51234, 45.1), (-1.5, 43.00001)]),
    territory=st.sampled_from(["", "epci:200070159", "commune:16001", "bassin_de_vie:DEMO-12"]),
    year=st.none() | st.integers(1990, 2100),
    since=st.none() | st.integers(1990, 2100),
    risk=choices,
)


@given(views)
def test_the_url_gives_the_view_back(view: ViewState) -> None:
    assert ViewState.from_query(view.to_query()) == view


@given(
    st.dictionaries(
        st.sampled_from(["region", "lon", "lat", "z", "ind", "couches", "commune", "ici", "depuis"])
        | st.text(max_size=8),
        st.text(max_size=60)
        | st.sampled_from(["nan", "inf", "-inf", "1e999", "<script>", "{{7*7}}", "../../x"]),
    )
)
def test_any_parameter_gives_a_valid_view(query: dict[str, str]) -> None:
    view = ViewState.from_query(query)
    assert ViewState.from_query(view.to_query()) == view


def test_numbers_out_of_range_are_dropped() -> None:
    assert ViewState.from_query({"lon": "nan", "lat": "44", "z": "8"}).lon is None
    assert ViewState.from_query({"lon": "0", "lat": "99", "z": "8"}).lat is None
    assert ViewState.from_query({"lon": "0", "lat": "44", "z": "99"}).zoom is None
    assert ViewState.from_query({"annee": "12"}).year is None


@pytest.mark.parametrize(("built", "left_out"), [({"75"}, "75"), ({"75", "94"}, ""), ({"94"}, "")])
def test_an_address_names_its_region_where_back_may_come_from_another(
    monkeypatch: pytest.MonkeyPatch, built: set[str], left_out: str
) -> None:
    monkeypatch.setattr(france, "built", lambda: frozenset(built))
    assert map_dialogue.opening(ViewState())["defaults"]["region"] == left_out


@pytest.mark.parametrize(
    ("part", "city"), [("75110", "75056"), ("69385", "69123"), ("13201", "13055")]
)
def test_an_arrondissement_of_an_address_opens_its_city(part: str, city: str) -> None:
    assert ViewState.from_query({"commune": part}).commune == city


@pytest.mark.parametrize("known", [HelpChoices, SpecialistChoices])
def test_a_list_of_all_communes_of_a_region_is_read_whole(
    known: type[HelpChoices | SpecialistChoices],
) -> None:
    """Cut without a word, a plan reopened from its address was another one."""
    codes = tuple(embedded_set.communes()["code"])
    shown = {"shown": True} if known is SpecialistChoices else {}
    chosen = known(hosts="liste", listed=codes, **shown)
    assert known.from_query(chosen.to_query()).listed == codes
