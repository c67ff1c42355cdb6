"""Labels: mergers followed, relocations told apart, sealed region and overseas never learned."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.base.codes import ARRONDISSEMENTS, departement
from data.files.cells import MASKED
from data.official.imports import import_files
from data.region import confirmed_zeros
from data.region.catalogue import load_territory
from data.region.falls import Fall
from geo.errors import InvalidInputError, UnavailableError
from models import cli
from models.learning import features, fitted, inputs, places, training
from models.learning import panel as panels
from models.learning.regions import REGION_OF, SEALED_REGION


def _panel(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "gp_2013", "gp_2017"])


def test_a_merged_commune_is_no_loss() -> None:
    assert places.successors()["01091"] == "01033"  # Châtillon-en-Michaille → Valserhône, 2019
    raw = _panel([("01091", 2, np.nan), ("01033", 10, 11)])
    labels = panels.labels(raw, 2013, 2017)
    assert labels.table["loss"].to_dict() == {"01033": False}
    assert labels.counts["losses that are mergers (removed)"] == 1
    assert panels.follow_mergers(raw).loc["01033", "gp_2013"] == 12


def test_a_relocation_next_door_is_told_apart_from_a_plain_loss() -> None:
    # Lyon suburbs: Oullins and La Mulatière touch; Le Puy-en-Velay is 100 km away.
    raw = _panel([("69142", 1, 0), ("69149", 3, 4), ("43157", 1, 0)])
    table = panels.labels(raw, 2013, 2017).table
    assert table["loss"].to_dict() == {"43157": True, "69142": True, "69149": False}
    assert table["relocation"].to_dict() == {"43157": False, "69142": True, "69149": False}


def test_a_loss_undone_later_is_doubtful() -> None:
    raw = _panel([("43157", 1, 0)]).assign(gp_2020=[1.0])
    assert panels.labels(raw, 2013, 2017).table["doubtful"].tolist() == [True]


def test_unknown_and_overseas_rows_are_left_out_and_counted() -> None:
    raw = _panel([("43157", 1, np.nan), ("97411", 5, 0), ("15014", 0, 2)])
    labels = panels.labels(raw, 2013, 2017)
    assert labels.table.empty
    assert labels.counts["count unknown at the end"] == 1
    assert labels.counts["with a GP, overseas left out"] == 1


def test_files_that_are_no_panel_are_refused_in_french(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="introuvable"):
        panels.read(tmp_path / "none.csv")
    for content, message in (
        ("commune,gp_2017\n01001,1\n", "code"),
        ("code,medecins\n01001,1\n", "gp_AAAA"),
        ("code,gp_2017\n01001,1\n01001,2\n01001,3\n", r"plusieurs fois.*1 commune \(01001\)"),
        ("code,gp_2017\n01001,-1\n", "négatifs"),
        ("code,gp_2017\n1001,1\n01001.0,2\n", "plusieurs fois"),
    ):
        path = tmp_path / "panel.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInputError, match=message):
            panels.read(path)


@pytest.mark.reference
def test_counts_of_the_real_panel(reference: Path) -> None:
    raw = panels.read(reference / "gp_panel" / "gp_per_commune_dated.csv")
    found = {period: panels.labels(raw, *period) for period in fitted.PERIODS}
    kept = {period: (len(labels.table), int(labels.table["loss"].sum()))
            for period, labels in found.items()}  # fmt: skip
    assert kept == {(2009, 2013): (9950, 375), (2013, 2017): (9819, 540), (2017, 2020): (8325, 463)}
    followed = panels.follow_mergers(raw, learned=True)
    for (start, end), told in features.COUNTRY.items():
        before, after = followed[f"gp_{start}"], followed[f"gp_{end}"]
        had = (before > 0) & after.notna()
        assert told == ((had & (after == 0)).sum(), had.sum())
    latest = found[2017, 2020].table.index.to_series().map(departement).map(REGION_OF)
    assert SEALED_REGION not in set(latest)


def test_training_rows_hold_nothing_of_the_sealed_region(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    sealed = places.communes().query("code.str[:2] == '87'")["code"]
    rows = pd.DataFrame({"code": sealed}).assign(gp_2009=2, gp_2013=1, gp_2017=1, gp_2020=0)
    path = tmp_path / "panel.csv"
    pd.concat([panel, rows]).to_csv(path, index=False)
    learned = training.rows(path, None, None).table
    assert set(learned["departement"]) == {"03", "15", "63"}
    for _, held in training.groups(learned, "region"):
        assert held.all()


def test_a_fall_from_many_to_none_is_neither_learned_as_a_loss_nor_as_a_start(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    fallen = panel["code"].iloc[0]
    path = tmp_path / "panel.csv"
    panel.assign(
        gp_2009=panel["gp_2009"].where(panel["code"] != fallen, 79),
        gp_2013=panel["gp_2013"].where(panel["code"] != fallen, 0),
        gp_2017=panel["gp_2017"].where(panel["code"] != fallen, 80),
    ).to_csv(path, index=False)
    assert np.isnan(panels.read(path).set_index("code").loc[fallen, "gp_2013"])
    learned = training.rows(path, None, None).table
    assert learned.loc[[fallen], "start"].tolist() == [2017]


def test_codes_and_counts_are_understood_as_people_write_them(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(
        "code;gp_2017;gp_2013\n"
        "1001;2;1\n"  # the zero was lost
        "23008.0;1,5;\n"  # read as a number, decimal comma
        '="87085";3;2\n'
        "2a004;4;4\n"
        "03001;deux;1\n"  # unreadable count: unknown, and said
        "commune;1;1\n"  # no code: refused, and said
        "1001;2;1\n",  # the same line twice
        encoding="utf-8",
    )
    reading = panels.read_counted(path)
    table = reading.table.set_index("code")
    assert list(table.index) == ["01001", "23008", "87085", "2A004", "03001"]
    assert table["gp_2017"].tolist()[:4] == [2, 1.5, 3, 4]
    assert np.isnan(table.loc["03001", "gp_2017"])
    assert reading.rows == 7 == len(table) + sum(reading.refused.values())
    assert sum(reading.refused.values()) == 2
    assert sum(reading.doubtful.values()) == 1


@pytest.mark.parametrize(
    "heading", ["code", "CODGEO", "code_insee", "Code commune", "Code INSEE", "DEPCOM", "INSEE_COM"]
)
@pytest.mark.parametrize("separator", [",", ";"])
def test_codes_are_found_under_any_usual_heading(
    tmp_path: Path, heading: str, separator: str
) -> None:
    path = tmp_path / "panel.csv"
    lines = [["Libellé", heading, "gp_2017"], ["Ussel", "19275", "2"], ["Ambérieu", "1004", "1"]]
    path.write_text("\n".join(separator.join(line) for line in lines), encoding="utf-8")
    table = panels.read_counted(path).table
    assert table.set_index("code")["gp_2017"].to_dict() == {"19275": 2, "01004": 1}
    path.write_text(path.read_text(encoding="utf-8").replace("gp_2017", "apl_2017"))
    assert inputs.read_apl(path)["code"].tolist() == ["19275", "01004"]
    assert inputs.read_reference(path)["code"].tolist() == ["19275", "01004"]


def _paris(tmp_path: Path, **counts: str) -> Path:
    """Write a panel of Paris by arrondissement, of a city given whole beside one, and of a part."""
    told = {code: "100" for code, city in ARRONDISSEMENTS.items() if city == "75056"} | counts
    rows = [*told.items(), ("69123", "656"), ("69381", "70"), ("13201", "118"), ("16015", "1")]
    path = tmp_path / "panel.csv"
    lines = [f"{code},{gps},{gps}" for code, gps in rows]
    path.write_text("code,gp_2013,gp_2017\n" + "\n".join(lines), encoding="utf-8")
    return path


def test_arrondissements_make_their_city_or_are_counted_as_refused(tmp_path: Path) -> None:
    path, out = _paris(tmp_path), tmp_path / "risk.csv"
    words = ["predict", "--panel", str(path), "--as-of", "2017", "--horizon", "3", "--out"]
    said = CliRunner().invoke(cli.app, [*words, str(out)]).output
    assert "24 lignes lues : 22 avec un médecin" in said
    assert "1 refusée (arrondissement, la ville étant donnée entière)" in said
    assert "1 refusée (arrondissement d’une ville sans tous les autres)" in said
    assert "inconnue" not in said
    told = pd.read_csv(out, dtype={"code": str}).set_index("code")["probability"]
    assert len(told) == 22
    assert len(set(told.filter(regex="^751"))) == 1
    whole = tmp_path / "whole.csv"
    whole.write_text("code,gp_2013,gp_2017\n75056,2000,2000\n69123,656,656\n16015,1,1\n")
    words[2] = str(whole)
    CliRunner().invoke(cli.app, [*words, str(out)])
    city = pd.read_csv(out, dtype={"code": str}).set_index("code")["probability"]
    assert told["75101"] == city["75056"]
    assert told["69123"] == city["69123"]


def test_a_city_is_unknown_in_a_year_that_one_of_its_arrondissements_is(tmp_path: Path) -> None:
    table = panels.read_counted(_paris(tmp_path, **{"75104": ""})).table.set_index("code")
    assert table.filter(like="751", axis=0).isna().all(axis=None)
    assert table.loc["69123", "gp_2017"] == 656


def test_a_panel_of_titles_alone_is_refused_and_an_endless_count_unknown(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("code,gp_2017\n")
    with pytest.raises(InvalidInputError, match="aucune ligne sous ses titres"):
        panels.read_counted(path)
    path.write_text("code,gp_2017\n16001,inf\n16002,2\n")
    reading = panels.read_counted(path)
    assert reading.table["gp_2017"].isna().tolist() == [True, False]
    assert sum(reading.doubtful.values()) == 1


def test_a_table_without_codes_is_refused_with_what_would_do(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("nom;gp_2017\nUssel;2\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"CODGEO.*colonnes trouvées : nom, gp_2017"):
        panels.read_counted(path)


def test_a_panel_doubts_what_an_import_of_it_doubts(tmp_path: Path) -> None:
    """The same file by the door of the models and by that of imports: the same is known of it."""
    path = tmp_path / "panel.csv"
    path.write_text(
        "code;gp_2013;gp_2017\n"
        "33063;400;0\n"  # from many to none
        "16186;1;4\n16010;1;2\n"  # a commune that may count its former one, beside it
        "16001;6;0\n"
        "19275;5;7\n",
        encoding="utf-8",
    )
    reading = panels.read_counted(path)
    assert reading.rows == 5 == len(reading.table) + sum(reading.refused.values())
    (report,) = import_files([path])
    territory = load_territory()
    both = [territory.gp_history, territory.gps.assign(year=2017)]
    imported = pd.concat(both).set_index(["code", "year"])["gps"].to_dict()
    known = {
        (row.code, year): count
        for row in reading.table.itertuples()
        for year in (2013, 2017)
        if not np.isnan(count := getattr(row, f"gp_{year}"))
    }
    assert known == imported
    assert ("33063", 2017) not in known
    assert "33063 en 2017" in " ".join(one for one, count in reading.doubtful.items() if count)
    assert report.doubtful == 1
    believed = panels.read_counted(path, {("33063", 2017)}).table.set_index("code")
    assert believed.loc["33063", "gp_2017"] == 0


def test_the_command_of_the_models_believes_a_zero_that_was_confirmed(tmp_path: Path) -> None:
    path, out = tmp_path / "panel.csv", tmp_path / "risk.csv"
    path.write_text("code;gp_2013;gp_2017\n33063;400;0\n19275;5;7\n", encoding="utf-8")
    words = ["predict", "--panel", str(path), "--as-of", "2017", "--horizon", "3", "--out"]
    said = CliRunner().invoke(cli.app, [*words, str(out)]).output
    assert "1 sans effectif connu" in said
    assert "33063 en 2017" in said
    confirmed_zeros.confirm([Fall("33063", 2017, 400, 2013)])
    said = CliRunner().invoke(cli.app, [*words, str(out)]).output
    assert "0 sans effectif connu" in said
    assert "1 sans médecin" in said


def test_a_masked_count_of_a_panel_is_told_apart_from_one_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("code;gp_2013;gp_2017\n16001;1 à 4;<5\n19275;peu;7\n", encoding="utf-8")
    reading = panels.read_counted(path)
    assert reading.doubtful[MASKED] == 2
    assert sum(reading.doubtful.values()) == 3
    assert reading.table.set_index("code").loc["16001"].isna().all()
