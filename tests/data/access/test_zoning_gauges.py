"""Gauges of the zoning against ceilings, trials of zones, contradictions, exports."""

import io
from dataclasses import replace
from types import SimpleNamespace

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.access import zoning_gauges as zg
from data.access import zoning_units
from data.base import french
from data.region import rules
from data.region.territory import Provenance
from data.reports import zoning_annex
from geo.errors import InvalidInputError


@pytest.fixture
def communes():
    return pd.DataFrame(
        {
            "code": ["16001", "16002", "16003", "17001", "17002"],
            "name": ["Un", "Deux", "=Trois", "Quatre", "Cinq"],
            "departement": ["16", "16", "16", "17", "17"],
            "departement_name": ["Charente"] * 3 + ["Charente-Maritime"] * 2,
            "population": [100.0, 300.0, 200.0, 300.0, 100.0],
            "zone": ["ZIP", "ZIP", "ZAC", "HZ", ""],
            "zone_decree": "",
            "tvs": ["t1", "t1", "t2", "t3", ""],
            "tvs_name": ["TVS 1", "TVS 1", "TVS 2", "TVS 3", ""],
            "apl": [2.0, 5.0, 2.0, 2.4, 1.0],
            "apl65_published": [2.5, 4.1, 2.6, np.nan, np.nan],
            "apl65_tvs": [3.7, 3.7, 2.6, np.nan, np.nan],
            "share_near_retirement_year": [2016.0, 2016.0, 2016.0, np.nan, np.nan],
            "apl_published_year": 2016.0,
            "without_room_nearest": [50.0, 30.0, 0.0, np.nan, 100.0],
            "share_without_room": [0.5, 0.1, 0.0, np.nan, 1.0],
        }
    )


@pytest.fixture
def territory():
    zoning = pd.DataFrame(
        {
            "code": ["16001", "16002", "16003", "17001", "24001", "16001"],
            "zone": ["ZIP", "ZIP", "ZAC", "HZ", "ZIP", "ZAC"],
            "part": ["commune"] * 5 + ["QPV"],
            "tvs": ["t1", "t1", "t2", "t3", "t1", "t1"],
            "tvs_name": "x",
        }
    )
    provenance = Provenance(
        "zoning",
        "Zonage",
        "ARS, par le paquet npm exemple",
        "arrêté du 1er octobre 2021",
        "Licence Ouverte",
        True,
        5,
        5,
    )
    engine = SimpleNamespace(name="Temps estimés", vintage="essai", detail="Rien de vérifié.")
    return SimpleNamespace(
        region_name="Essai",
        zoning=zoning,
        fringe=pd.DataFrame({"code": ["24001"], "population": [1200.0]}),
        provenance={"zoning": provenance},
        travel_time=SimpleNamespace(label=engine),
    )


def test_population_by_zone_against_ceilings(communes):
    table = zg.gauges(communes, zg.Ceilings(0.3, 0.3, "essai")).set_index("zone")
    assert table["population"].to_dict() == {
        "ZIP": 400, "ZAC": 200, "ZV": 0, "HZ": 300, "non zoné": 100,
    }  # fmt: skip
    assert table.loc["ZIP", "share"] == pytest.approx(0.4)
    assert table.loc["ZIP", "room"] == pytest.approx(-100)
    assert table["over"].tolist() == [True, False, False, False, False]
    assert np.isnan(table.loc["HZ", "ceiling"])


def test_default_ceilings_name_their_source():
    ceilings = zg.Ceilings()
    assert (ceilings.of("ZIP"), ceilings.of("ZAC")) == (0.168, 0.458)
    assert "2021" in ceilings.source


@pytest.mark.parametrize("share", [-0.1, 16.8])
def test_a_ceiling_is_a_share(share):
    with pytest.raises(InvalidInputError, match="part"):
        zg.Ceilings(share, 0.4, "essai")


def test_a_tvs_astride_counts_by_its_share(territory, communes):
    table = zg.tvs_table(territory, communes).set_index("tvs")
    assert table.loc["t1", "population"] == 400
    assert table.loc["t1", "population_all"] == 1600
    assert table.loc["t1", "share_inside"] == pytest.approx(0.25)
    assert table.loc["t3", "share_inside"] == 1
    assert table.loc["t1", "apl65"] == pytest.approx(3.7)
    assert np.isnan(table.loc["t3", "apl65"])
    assert zg.ages_note(communes) == ""
    masked = communes.assign(apl65_tvs=[3.7, np.nan, np.nan, np.nan, np.nan])
    assert zg.tvs_table(territory, masked)["apl65"].isna().all()  # one region of two tells t1
    assert "2 territoires de vie-santé" in zg.ages_note(masked)
    assert table["zone"].to_dict() == {"t1": "ZIP", "t2": "ZAC", "t3": "HZ"}


def test_a_tvs_of_two_zones_is_mixed_and_names_its_communes_in_order(territory, communes):
    changed = communes.copy()
    first, second = changed.index[changed["tvs"] == "t1"]
    changed.loc[[first, second], "name"] = ["Eu", "Étriac"]
    changed.loc[first, "zone"] = "HZ"
    table = zg.tvs_table(territory, changed).set_index("tvs")
    assert table["zone"].to_dict() == {"t1": zg.MIXED, "t2": "ZAC", "t3": "HZ"}
    assert table.loc["t1", "members"] == "Étriac, Eu"


def test_room_stands_beside_the_apl_of_a_tvs(territory, communes):
    table = zg.tvs_table(territory, communes).set_index("tvs")
    assert table.loc["t1", "without_room"] == 80
    assert table.loc["t1", "share_without_room"] == pytest.approx(0.2)
    assert table.loc["t2", "share_without_room"] == 0
    doubtful = zg.contradictions(communes).set_index("code")
    assert doubtful.loc["16002", "share_without_room"] == pytest.approx(0.1)


def test_room_that_is_not_known_is_not_none(territory, communes):
    table = zg.tvs_table(territory, communes).set_index("tvs")
    assert np.isnan(table.loc["t3", "share_without_room"])


def test_effect_of_changing_one_tvs(communes):
    before = communes.copy()
    table = zg.effect(communes, {"t1": "ZAC"}, zg.Ceilings()).set_index("zone")
    assert table["moved"].to_dict() == {
        "ZIP": -400, "ZAC": 400, "ZV": 0, "HZ": 0, "non zoné": 0,
    }  # fmt: skip
    assert table.loc["ZAC", "share_before"] == pytest.approx(0.2)
    assert table.loc["ZAC", "over"]
    pd.testing.assert_frame_equal(communes, before)  # a trial never re-zones


@pytest.mark.parametrize("changes", [{"t9": "ZIP"}, {"t1": "ZRR"}, {"": "ZIP"}])
def test_unknown_tvs_or_zone_is_refused(communes, changes):
    with pytest.raises(InvalidInputError):
        zg.effect(communes, changes, zg.Ceilings())


def test_contradictions_name_their_series(communes):
    table = zg.contradictions(communes).set_index("code")
    assert set(table.index) == {"16002", "17001"}  # 2.5 in ZIP and 2.6 in ZAC are consistent
    assert "plus de 4" in table.loc["16002", "reason"]
    assert "2016" in table.loc["16002", "series"]
    assert "calculée" in table.loc["17001", "series"]


def test_the_years_between_apl_and_zones_are_told(territory, communes):
    """An APL of 2016 was set against zones of any later decree, without a word."""

    def told(vintage="arrêté du 1er octobre 2021", day="", simulated=False, rows=communes):
        zoning = replace(territory.provenance["zoning"], vintage=vintage, simulated=simulated)
        gps = replace(zoning, table="gps", vintage="2020", simulated=False)
        territory.provenance = {"zoning": zoning, "gps": gps}
        return zg.years_told(territory, rows.assign(zone_decree=day))

    assert "APL publiée de 2016 ou calculée sur les médecins de 2020 ; zones de 2021" in told()
    assert "5 ans après" in told()
    assert "zones de 2022, jusqu’à 6 ans après" in told(day="2022-05-03")
    assert told(vintage="2016", rows=communes[:2]) == "APL publiée de 2016 ; zones de 2016."
    assert "l’écart entre les deux n’est pas connu" in told(vintage="date non indiquée")
    assert told(simulated=True).endswith("elles ne contredisent rien de réel.")
    assert told(rows=communes[:1]) == ""


def test_a_contradiction_never_tells_the_age_of_a_doctor_alone(communes):
    few = communes.assign(apl65_published=[2.5, np.nan, 2.6, np.nan, np.nan])
    table = zg.contradictions(few).set_index("code")
    assert table.loc["16002", "series"] == "APL calculée, tous âges"
    assert table.loc["16002", "apl"] == 5.0


@pytest.mark.parametrize(("apl", "found"), [(2.5, True), (2.51, False), (4.0, False)])
def test_thresholds_of_the_method(communes, apl, found):
    one = communes[communes["code"] == "16003"].assign(apl65_published=apl)
    assert bool(len(zg.contradictions(one))) == found


def test_workbook_opens_says_demonstration_and_runs_no_formula(territory, communes):
    content = zoning_annex.zoning_workbook(territory, communes, zg.Ceilings())
    book = openpyxl.load_workbook(io.BytesIO(content))
    first = [cell.value for cell in book.worksheets[0]["A"]]
    assert first[0].startswith("Zonage des médecins généralistes en vigueur")
    assert "DÉMONSTRATION" in first[1]
    assert any("16,8" in text for text in first)
    names = [c.value for c in book["Territoires"]["E"]]
    assert "'=Trois" in names
    assert book["Jauges"]["C2"].value == 400


def sheets_of(content: bytes) -> dict[str, pd.DataFrame]:
    return pd.read_excel(io.BytesIO(content), sheet_name=None, engine="openpyxl")


def test_a_workbook_holds_the_project_beside_what_is_in_force(territory, communes):
    force = sheets_of(zoning_annex.zoning_workbook(territory, communes, zg.Ceilings()))
    assert not any("projet" in name for sheet in force.values() for name in map(str, sheet))
    changes = {"t3": "ZIP"}
    content = zoning_annex.zoning_workbook(territory, communes, zg.Ceilings(), changes)
    book = sheets_of(content)
    assert book["Changements"].iloc[0].tolist() == ["TVS 3", "HZ", "ZIP", 1, 300]
    # What is in force is the same in both, the project in columns and sheets of its own.
    for name in ("Jauges", "Territoires", "Communes", "À examiner"):
        own = [column for column in book[name] if column in force[name]]
        pd.testing.assert_frame_equal(book[name][own], force[name])
    gauge = book["Jauges"].set_index("Zone")
    assert gauge.loc["ZIP", ["Habitants", "Habitants, projet"]].tolist() == [400, 700]
    assert gauge.loc["ZIP", "Habitants, différence"] == 300
    assert gauge.loc["HZ", "Communes, projet"] == 0
    told = book["Territoires"].set_index("Code du territoire de vie-santé")
    assert told.loc["t3", ["Zone", "Zone du projet"]].tolist() == ["HZ", "ZIP"]
    listed = book["Communes"].set_index("Code")
    tried = zg.with_changes(communes, changes).set_index("code")["zone"]
    assert listed["Zone du projet"].fillna("").to_dict() == {
        int(code): zone for code, zone in tried.items()
    }
    said = openpyxl.load_workbook(io.BytesIO(content))["À lire"]["A"]
    assert said[0].value.startswith("Zonage des médecins généralistes, en vigueur et projet")
    assert "sans valeur juridique" in said[1].value
    bare = without_territories(communes)
    content = zoning_annex.zoning_workbook(territory, bare, zg.Ceilings(), {"COM16002": "ZAC"})
    # What is known of no commune has no column: it would be an empty one.
    for name in ("Communes", "À examiner", "À examiner, projet"):
        headings = sheets_of(content)[name]
        assert "Code" in headings
        assert not [one for one in headings if "vie-santé" in one]
    said = openpyxl.load_workbook(io.BytesIO(content))["À lire"]["A"]
    assert any("reprenez ces changements" in str(one.value) for one in said)


def test_a_workbook_holds_decimals_that_mean_something(territory, communes):
    thirds = communes.assign(population=communes["population"] / 3)
    content = zoning_annex.zoning_workbook(territory, thirds, zg.Ceilings())
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, float)
    ]
    assert len(found) > 5
    assert found == [round(one, 4) for one in found]


def test_annex_opens_in_french_with_every_tvs(territory, communes):
    content = zoning_annex.decree_annex(territory, communes, zg.Ceilings())
    document = docx.Document(io.BytesIO(content))
    assert document.core_properties.language == "fr-FR"
    assert "DÉMONSTRATION" in document.sections[0].header.paragraphs[0].text
    foot = document.sections[0].footer.paragraphs[0].text
    assert foot.startswith(f"ProxiSoins, édité le {french.date(french.today())}. Page ")
    text = "\n".join(p.text for p in document.paragraphs)
    assert "Zonage : données simulées." in text
    assert "DÉMONSTRATION" not in text  # the header says it on each page
    zones, tvs = document.tables
    assert [c.text for c in zones.rows[1].cells][:3] == [
        "Zone d’intervention prioritaire", "2", "400",
    ]  # fmt: skip
    assert [row.cells[1].text for row in tvs.rows] == ["Territoire", "TVS 1", "TVS 2", "TVS 3"]
    assert tvs.rows[1].cells[4].text == "Deux, Un"


def tables_of(content: bytes) -> tuple[list[list[list[str]]], str]:
    document = docx.Document(io.BytesIO(content))
    tables = [[[c.text for c in row.cells] for row in one.rows] for one in document.tables]
    return tables, "\n".join(p.text for p in document.paragraphs)


def test_an_annex_without_territories_lists_communes_by_departement(territory, communes):
    bare = communes.assign(tvs="", tvs_name="")
    (_, *listed), text = tables_of(zoning_annex.decree_annex(territory, bare, zg.Ceilings()))
    assert [one[1:] for one in listed] == [
        [["ZIP", "2", "400", "Deux, Un"], ["ZAC", "1", "200", "=Trois"]],
        [["HZ", "1", "300", "Quatre"]],
    ]
    assert text.index("Charente (16)") < text.index("Charente-Maritime (17)")
    assert "Annexe en vigueur" in text


def test_the_annex_of_a_project_holds_its_trial(territory, communes):
    force = zoning_annex.decree_annex(territory, communes, zg.Ceilings())
    project = zoning_annex.decree_annex(territory, communes, zg.Ceilings(), {"t3": "ZIP"})
    (changed, zones, tvs), text = tables_of(project)
    assert changed[1] == ["TVS 3", "HZ", "ZIP", "300"]
    assert zones[1][:3] == ["Zone d’intervention prioritaire", "3", "700"]
    assert ["t3", "TVS 3", "ZIP"] in [row[:3] for row in tvs]
    assert "Annexe du projet" in text
    assert "sans valeur juridique" in text
    assert "Annexe du projet" not in tables_of(force)[1]


def without_territories(communes):
    areas = ["16A", "16A", "", "16A", "17B"]
    names = [{"16A": "Aigre", "17B": "Le Château"}.get(one, "") for one in areas]
    return communes.assign(tvs="", tvs_name="", bassin_de_vie=areas, bassin_de_vie_name=names)


def test_without_territories_a_trial_moves_communes_and_bassins_de_vie(communes):
    bare = without_territories(communes)
    units = zoning_units.units(bare)
    assert set(units.index) == zoning_units.keys(bare)
    assert units.loc["BV16A"].tolist() == [
        *("Bassin de vie d’Aigre", "mixte", "ZIP (2 communes), HZ (1 commune)"),
        *(3, 700.0),
    ]
    assert units.loc["BV17B", ["name", "zone_told"]].tolist() == [
        *("Bassin de vie du Château", "non zoné"),
    ]
    assert units.loc["COM16002"].tolist() == ["Deux (16)", "ZIP", "ZIP", 1, 300.0]
    # What is tried of a commune prevails over what is tried of its bassin, in any order.
    for changes in (
        {"BV16A": "ZV", "COM16002": "ZAC"},
        {"COM16002": "ZAC", "BV16A": "ZV"},
    ):
        tried = zg.with_changes(bare, changes)
        assert tried["zone"].tolist() == ["ZV", "ZAC", "ZAC", "ZV", ""]
    assert bare["zone"].tolist() == communes["zone"].tolist()
    with pytest.raises(InvalidInputError, match="« 16A »"):
        zg.with_changes(bare, {"16A": "ZIP"})
    # Where territories are known, they alone are moved.
    with pytest.raises(InvalidInputError, match="« COM16002 »"):
        zg.with_changes(communes, {"COM16002": "ZIP"})


def test_what_a_trial_moves_counts_no_commune_twice(communes):
    bare = without_territories(communes)
    alone = ["COM16002", "COM16001"]
    assert zoning_units.moved(bare, dict.fromkeys(alone, "ZAC")).equals(
        zoning_units.units(bare).loc[alone]
    )
    # Nothing is left of the first bassin, and all of the second.
    changes = dict.fromkeys(["BV16A", "COM16001", "COM16002", "COM17001", "BV17B"], "ZAC")
    moved = zoning_units.moved(bare, changes)
    assert moved[["communes", "population"]].to_numpy().tolist() == [
        *([0, 0], [1, 100], [1, 300], [1, 300], [1, 100]),
    ]
    assert moved.loc["BV16A", "name"] == "Bassin de vie d’Aigre, sauf Un, Deux et Quatre"
    assert moved.loc["BV17B", "name"] == "Bassin de vie du Château"
    one_area = bare.assign(bassin_de_vie="16A", bassin_de_vie_name="Aigre")
    changes = dict.fromkeys(["BV16A", *("COM" + bare["code"].drop(2))], "ZV")
    moved = zoning_units.moved(one_area, changes)
    assert moved.loc["BV16A"].tolist() == [
        *("Bassin de vie d’Aigre, sauf 4 communes essayées à part", "ZAC", "ZAC", 1, 200.0),
    ]
    assert moved["population"].sum() == communes["population"].sum()


def test_the_annex_of_a_project_without_territories_says_what_is_tried_and_what_is_not(
    territory, communes
):
    bare = without_territories(communes)
    changes = {"BV16A": "ZV", "COM16002": "ZAC"}
    project = zoning_annex.decree_annex(territory, bare, zg.Ceilings(), changes)
    (changed, zones, *listed), text = tables_of(project)
    assert changed[1:] == [
        ["Bassin de vie d’Aigre, sauf Deux", "ZIP (1 commune), HZ (1 commune)", "ZV", "2", "400"],
        ["Deux (16)", "ZIP", "ZAC", "1", "300"],
    ]
    assert [row[1] for row in zones[1:]] == ["0", "2", "2", "0", "1"]
    assert [[row[:2] for row in one[1:]] for one in listed] == [
        [["ZAC", "2"], ["ZV", "1"]],
        [["ZV", "1"]],
    ]
    assert "La composition des territoires de vie-santé n’est pas" in text
    assert "reprenez ces changements par territoire avant de signer" in text
    force = tables_of(zoning_annex.decree_annex(territory, bare, zg.Ceilings()))[1]
    assert "avant de signer" not in force.replace("à compléter avant de signer", "")


def test_an_annex_names_the_communes_whose_districts_have_a_zone_of_their_own(territory, communes):
    plain = tables_of(zoning_annex.decree_annex(territory, communes, zg.Ceilings()))
    cut = communes.assign(zone_qpv=["", "", "ZIP", "", ""])
    tables, text = tables_of(zoning_annex.decree_annex(territory, cut, zg.Ceilings()))
    assert tables[-1][1:] == [["=Trois (16003)", "ZAC", "ZIP"]]
    assert len(tables) == len(plain[0]) + 1
    assert "Leurs habitants sont comptés ci-dessus dans la zone de la commune" in text
    assert "Quartiers prioritaires" not in plain[1]


def test_the_ceilings_of_one_region_are_never_those_of_another():
    assert zg.Ceilings.of_region("75") == zg.Ceilings()
    assert "Nouvelle-Aquitaine" in zg.Ceilings().said
    other = zg.Ceilings.of_region("01")
    assert np.isnan(other.of("ZIP"))
    assert np.isnan(other.of("ZAC"))
    assert "non connus" in other.said
    assert "%" not in other.said
    france = zg.Ceilings.of_region("FR")
    assert (france.of("ZIP"), france.of("ZAC")) == (
        rules.ZIP_SHARE_OF_FRANCE,
        rules.ZAC_SHARE_OF_FRANCE,
    )
    assert "toute la France" in france.said
