"""No public figure, nor any sum or difference of them, singles a small commune out."""

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.access.indicators import LEVELS
from data.region import catalogue, privacy, random_rounding, rules
from data.region.territory import Territory
from tests.data.region import attack
from tests.data.region.attack import Told, heard, identified

SECRET = b"of these tests"
NESTED = {level: column for level, (column, _) in LEVELS.items()}


@pytest.fixture(scope="module")
def territory() -> Territory:
    return catalogue.load_territory()


@pytest.fixture(scope="module")
def communes(territory: Territory) -> pd.DataFrame:
    table = pd.DataFrame(territory.communes.drop(columns="geometry"))
    more = dict.fromkeys(["code", *NESTED.values()])
    known = pd.DataFrame(territory.reference)
    table = table.merge(known[[c for c in more if (c in known and c not in table) or c == "code"]])
    return table.assign(gps=privacy.gps_of(territory, table["code"]))


@pytest.fixture(scope="module")
def real(communes: pd.DataFrame, reference: Path) -> pd.DataFrame:
    panel = pd.read_csv(reference / "gp_panel" / "gp_per_commune_dated.csv", dtype={"code": str})
    return communes.assign(gps=communes["code"].map(panel.set_index("code")["gp_2017"]).fillna(0.0))


def nested(communes: pd.DataFrame) -> list[str]:
    """Return the columns of the levels that a table knows, communes included."""
    return [column for column in NESTED.values() if column in communes]


def small_of(communes: pd.DataFrame) -> set[str]:
    few = communes["gps"].between(0, rules.LEAST_PUBLIC_GPS, inclusive="neither")
    return set(communes.loc[few, "code"])


def public_texts(table: pd.DataFrame, communes: pd.DataFrame) -> list[tuple[str, frozenset[str]]]:
    """Return every sentence of every territory at every level, and of whom it speaks."""
    home = {code: own for own in table["codes"] for code in own}
    found = []
    for column in nested(communes):
        groups = communes.loc[communes[column] != ""].groupby(column)["code"]
        for rank, (_, members) in enumerate(groups):
            codes = list(members)
            if column == "code" and rank % 20 and codes[0] != home.get(codes[0], ("",))[0]:
                continue  # of the communes, one of each set and one in twenty
            spoken = {home[code] for code in codes if code in home}
            text = privacy.sentence(table, codes)
            found.append((text, frozenset(code for own in spoken for code in own)))
    return found


def everything_told(table: pd.DataFrame, communes: pd.DataFrame) -> set[Told]:
    told = {one for text, codes in public_texts(table, communes) for one in heard(text, codes)}
    for row in table.itertuples():
        told.add(attack.rounded(row.codes, row.tenths, row.communes))
    return told


def table_of(communes: pd.DataFrame, flagged: set[str]) -> pd.DataFrame:
    sets = privacy.sets_of(communes)
    return pd.DataFrame(
        {
            "name": [one.name for one in sets],
            "codes": [one.codes for one in sets],
            "communes": [len(one.codes) for one in sets],
            "tenths": [privacy.told_share(flagged, one.codes, SECRET) for one in sets],
        }
    )


def attacked(communes: pd.DataFrame, flagged: set[str]) -> dict[str, int]:
    """Attack all public figures, the classes of larger communes being public."""
    large = set(communes["code"]) - small_of(communes)
    known = {code: int(code in flagged) for code in large}
    told = everything_told(table_of(communes, flagged), communes)
    assert told
    return identified(told, known, small_of(communes))


def patterns(communes: pd.DataFrame) -> dict[str, set[str]]:
    """Return who may be flagged: as in a region, and as worst for who must not be found."""
    codes = sorted(small_of(communes))
    generator = np.random.default_rng(20)
    some = {code for code in codes if generator.random() < 0.3}
    epci = communes.set_index("code")["epci"]
    alone = {code for code in codes if epci[code] == epci[codes[0]]}
    return {"some": some, "none": set(), "all": set(codes), "one": {codes[7]}, "one EPCI": alone}


@pytest.mark.parametrize("pattern", ["some", "none", "all", "one", "one EPCI"])
def test_all_public_figures_together_single_nobody_out(
    communes: pd.DataFrame, pattern: str
) -> None:
    assert attacked(communes, patterns(communes)[pattern]) == {}


@pytest.mark.campaign
@pytest.mark.reference
@pytest.mark.parametrize("pattern", ["some", "none", "all", "one", "one EPCI"])
def test_nobody_is_singled_out_on_real_counts(real: pd.DataFrame, pattern: str) -> None:
    assert attacked(real, patterns(real)[pattern]) == {}


@pytest.mark.campaign
@pytest.mark.reference
def test_the_attack_finds_many_in_the_figures_of_before(real: pd.DataFrame) -> None:
    """As sheets used to tell: "dans X des Y communes" at every level that holds five GPs."""
    flagged = patterns(real)["some"]
    with_gp = real[real["gps"] > 0]
    told = []
    for column in nested(with_gp):
        for key, members in with_gp.groupby(column):
            if key and members["gps"].sum() >= rules.LEAST_PUBLIC_GPS:
                codes = set(members["code"])
                text = f"dans {len(codes & flagged)} des {len(codes)} communes ayant un médecin"
                told += heard(text, codes)
    known = {code: int(code in flagged) for code in set(real["code"]) - small_of(real)}
    found = identified(told, known, small_of(real))
    assert len(found) > 50
    assert all(value == int(code in flagged) for code, value in found.items())


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 40), st.integers(1, 8))
def test_sets_are_disjoint_and_large_enough_whatever_the_region(random, many, groups) -> None:
    rows = [
        {
            "code": f"{k:05d}",
            "region": "75",
            "epci": random.choice(["", *map(str, range(groups))]),
            "epci_name": "CC",
            "lon": random.uniform(-1, 3),
            "lat": random.uniform(44, 46),
            "gps": random.choice([0.0, 0.4, 1.0, 1.0, 2.0, 4.5, 5.0, 30.0]),
        }
        for k in range(many)
    ]
    communes = pd.DataFrame(rows)
    sets = privacy.sets_of(communes)
    codes = [code for one in sets for code in one.codes]
    assert len(codes) == len(set(codes))
    assert set(codes) in (small_of(communes), set())
    for one in sets:
        assert one.gps >= rules.LEAST_PUBLIC_GPS
        assert len(one.codes) >= 3  # what is promised, whatever the constant says
    told = table_of(communes, set(codes[::2]))
    assert identified(everything_told(told, communes), {}, small_of(communes)) == {}


def test_professionals_are_counted_aloud_from_five_on() -> None:
    told = [privacy.count(professionals) for professionals in (0, 1, 4, 4.5, 5)]
    assert told == ["0", *[privacy.SUPPRESSED] * 3, "5"]


@pytest.mark.parametrize("total", range(privacy.LEAST_COMMUNES, 60))
def test_a_rounded_share_never_says_none_nor_all(total: int) -> None:
    for flagged in range(total + 1):
        told = privacy.tenths(flagged, total)
        possible = [n for n in range(total + 1) if privacy.tenths(n, total) == told]
        assert 1 <= told <= 9
        assert any(0 < n < total for n in possible)
    assert privacy.tenths(0, total) == privacy.tenths(1, total)
    assert privacy.tenths(total, total) == privacy.tenths(total - 1, total)


def test_sets_follow_places_and_counts_only(territory: Territory) -> None:
    first = privacy.public_table(territory, set())
    second = privacy.public_table(territory, set(territory.communes["code"]))
    same = ["key", "name", "codes", "communes", "gps"]
    pd.testing.assert_frame_equal(first[same], second[same])
    assert "territory" not in inspect.signature(privacy.sentence).parameters


def test_france_and_its_regions_speak_of_the_same_sets(communes: pd.DataFrame) -> None:
    shifted = communes.assign(
        region="53", code="9" + communes["code"].str[1:], lon=communes["lon"] - 3
    )
    together = privacy.sets_of(pd.concat([communes, shifted], ignore_index=True))
    assert [one for one in together if one.codes[0] in set(communes["code"])] == list(
        privacy.sets_of(communes)
    )


def test_what_cannot_be_told_is_said_to_be_hidden(territory: Territory) -> None:
    table = privacy.public_table(territory, set())
    assert privacy.sentence(table, ["00000"]) == privacy.MASKED
    assert [privacy.count(n) for n in (0, 1, 4, 5)] == ["0", "NS", "NS", "5"]
    assert not privacy.may_tell_class(4)
    assert privacy.may_tell_class(5)


def test_the_attack_notices_a_difference() -> None:
    told = [
        Told(frozenset("abcd"), 2, 2),
        Told(frozenset("abc"), 1, 1),
        Told(frozenset("ef"), 0, 2),
    ]
    assert identified(told, {}, "abcdef") == {"d": 1}
    assert identified(told, {"a": 1}, "bcdef") == {"b": 0, "c": 0, "d": 1}
    assert attack.heard("dans 3 des 8 communes", "ab") == [Told(frozenset("ab"), 3, 3)]


def counted(departement: str, *gps: float) -> pd.DataFrame:
    return pd.DataFrame({"departement": departement, "gps": gps})


@pytest.mark.parametrize(
    ("level", "gps", "told"),
    [
        ("commune", (5,), True),
        ("commune", (4,), False),
        ("departement", (12, 30), True),  # nobody is small
        ("departement", (12, 30, 4), False),  # the others taken away, one is left
        ("departement", (12, 4, 4), False),  # who knows one of two knows the other
        ("departement", (12, 1, 1, 2), False),  # fewer than five GPs are left
        ("departement", (12, 1, 2, 2), True),
        ("epci", (12, 30), False),  # two that overlap differ by a commune
    ],
)
def test_a_load_is_told_where_no_small_commune_is_left_by_difference(
    level: str, gps: tuple[float, ...], told: bool
) -> None:
    assert privacy.may_tell_load(counted("16", *gps), level) is told


def test_the_load_of_a_region_hides_the_small_of_each_departement() -> None:
    hidden, alone = counted("16", 12, 1, 2, 2), counted("17", 30, 4)
    assert privacy.may_tell_load(hidden, "region")
    assert not privacy.may_tell_load(pd.concat([hidden, alone]), "region")


def changed_by_one(communes: pd.DataFrame, code: str, gps: float) -> pd.DataFrame:
    """Return the communes after an import that corrects the GPs of one of them."""
    return communes.assign(gps=communes["gps"].where(communes["code"] != code, gps))


def between(
    before: pd.DataFrame, after: pd.DataFrame, tables: tuple[pd.DataFrame, pd.DataFrame], flags
) -> dict[str, int]:
    """Attack the public tables of two states of the data, for who believes that no flag moved."""
    small = small_of(before) | small_of(after)
    told = [
        {attack.rounded(row.codes, row.tenths, row.communes) for row in table.itertuples()}
        for table in tables
    ]
    moved = {code for one in told[0] ^ told[1] for code in one.codes}
    near = [one for one in told[0] | told[1] if one.codes & moved]
    grown = (small_of(before) - small_of(after)) & set(after.loc[after["gps"] > 0, "code"])
    known = {code: int(code in flags) for code in grown}  # large now: their class is public
    return identified(near, known, small - grown)


@pytest.mark.reference
@pytest.mark.parametrize("gps", [0.0, 1.0])
def test_an_import_that_changes_one_real_count_singles_nobody_out(
    real: pd.DataFrame, gps: float
) -> None:
    flags = patterns(real)["some"]
    among = small_of(real) if gps != 1 else set(real.loc[real["gps"] == 0, "code"])
    first = table_of(real, flags)
    for code in sorted(among)[:: len(among) // 8]:
        after = changed_by_one(real, code, gps)
        assert between(real, after, (first, table_of(after, flags)), flags) == {}, code


@pytest.mark.parametrize("many", range(privacy.LEAST_COMMUNES_OF_A_SHARE, 31))
def test_all_outcomes_of_chance_of_two_states_leave_who_joins_unknown(many: int) -> None:
    """Six horizons and many imports may tell both ways that one count is rounded: all are heard."""
    codes = [f"{k:05d}" for k in range(many + 1)]
    base = rules.PUBLIC_ROUNDING_BASE

    def both_ways(flagged: int, size: int) -> set[Told]:
        ways = {flagged // base * base, -(-flagged // base) * base}
        shares = {privacy.tenths(min(way, base * (size // base)), size) for way in ways}
        return {attack.rounded(codes[:size], share, size) for share in shares}

    for flagged in range(many + 1):
        for joins in (0, 1):
            told = both_ways(flagged, many) | both_ways(flagged + joins, many + 1)
            assert identified(told, {}, codes) == {}, (flagged, joins)


@pytest.mark.parametrize("many", [privacy.LEAST_COMMUNES_OF_A_SHARE, 10, 11, 12, 30])
def test_a_register_that_sets_one_commune_apart_does_not_tell_what_was_foretold_of_it(
    many: int,
) -> None:
    """The links of two days, before and after its import: one commune is known to have left."""
    gone, *others = [f"{k:05d}" for k in range(many)]
    codes = [gone, *others]
    seen: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for flagged in range(many):
        stay = others[:flagged]
        for secret in (bytes([number]) for number in range(150)):
            later = privacy.told_share(stay, codes, random_rounding.beside(secret, [gone]))
            for before in (True, False):
                first = [gone, *stay] if before else stay
                day = random_rounding.beside(secret, [])
                told = privacy.told_share(first, codes, day)
                assert told == privacy.told_share(first, codes, day), "the same counts, another day"
                seen[before].add((told, later))
    # Each pair of links that may be read where it was flagged may be read where it was not.
    assert seen[True] == seen[False]


@pytest.mark.parametrize("gps", [0.0, 1.0, 5.0])
def test_an_import_that_changes_one_commune_singles_nobody_out(
    communes: pd.DataFrame, gps: float
) -> None:
    flags = patterns(communes)["some"]
    among = small_of(communes) if gps != 1 else set(communes.loc[communes["gps"] == 0, "code"])
    first = table_of(communes, flags)
    assert among
    for code in sorted(among)[:: max(1, len(among) // 5)]:
        after = changed_by_one(communes, code, gps)
        tables = (first, table_of(after, flags))
        assert between(communes, after, tables, flags) == {}, code


def test_the_same_attack_finds_some_where_shares_follow_a_fixed_rule(
    communes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = patterns(communes)["some"]

    def fixed(flagged: set[str], codes: tuple[str, ...], _secret: bytes) -> int:
        return privacy.tenths(len(flagged & set(codes)), len(codes))

    def known(codes: tuple[str, ...], share: int, many: int) -> Told:
        found = [n for n in range(many + 1) if privacy.tenths(n, many) == share]
        return Told(frozenset(codes), min(found), max(found))

    monkeypatch.setattr(privacy, "told_share", fixed)
    monkeypatch.setattr(attack, "rounded", known)
    found: dict[str, int] = {}
    first = table_of(communes, flags)
    for code in sorted(small_of(communes))[::4]:
        after = changed_by_one(communes, code, 0.0)
        found = between(communes, after, (first, table_of(after, flags)), flags)
        if found:
            break
    assert found
    right = sum(value == int(code in flags) for code, value in found.items())
    assert right == len(found)


@pytest.mark.parametrize("many", range(privacy.LEAST_COMMUNES, 60))
def test_who_knows_one_flag_learns_no_other(many: int) -> None:
    """A doctor who knows that of the own commune, or a commune that has grown past five GPs."""
    codes = [f"{k:05d}" for k in range(many)]
    for flagged in range(many + 1):
        for secret in (b"a", b"b", b"c", b"d"):
            share = privacy.told_share(codes[:flagged], codes, secret)
            told = attack.rounded(codes, share, many)
            assert told.low <= flagged <= told.high
            for own in {0, 1} & {min(flagged, 1), int(flagged == many)}:
                assert told.high - own >= 1, "none of the others"
                assert told.low - own <= many - 2, "all of the others"


def test_a_share_is_told_the_same_way_each_time_and_right_on_average() -> None:
    members = [f"{k:05d}" for k in range(9)]
    keys = [bytes([k, j]) for k in range(50) for j in range(50)]
    for many in range(7):
        flagged = members[:many]
        told = [random_rounding.rounded(flagged, members, one) for one in keys]
        assert told == [random_rounding.rounded(set(flagged), members[::-1], one) for one in keys]
        assert set(told) <= {many // 3 * 3, -(-many // 3) * 3}
        assert abs(np.mean(told) - many) < 0.1
    assert random_rounding.rounded(members, [*members[:4], "x"], b"") == 3


def test_the_key_of_the_rounding_stays_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key_of(folder: Path) -> bytes:
        random_rounding._kept.cache_clear()
        monkeypatch.setenv("PROXISOINS_HOME", str(folder))
        return random_rounding.key()

    first, other = key_of(tmp_path / "a"), key_of(tmp_path / "b")
    assert first != other
    assert len(first) == 32
    assert key_of(tmp_path / "a") == first
    assert [one.name for one in (tmp_path / "a").iterdir()] == [random_rounding.KEY_FILE]
    (tmp_path / "b" / random_rounding.KEY_FILE).write_text("cut")
    assert len(key_of(tmp_path / "b")) == 32
