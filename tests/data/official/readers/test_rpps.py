"""GPs of first resort in the register's layout. Nobody in these rows exists."""

import csv
import dataclasses
import io
import os

import pytest

from data.files.input_files import open_input
from data.official import readers
from data.official.readers import rpps
from geo.errors import InvalidInputError
from tests.data.official.readers.rpps_files import row, write


def _counts(result):
    table = result.tables["gps"]
    return dict(zip(table["code"], table["gps"], strict=True))


@pytest.fixture
def read_zip(index):
    from data.files.input_files import open_input
    from data.official import readers

    def read(path):
        file = open_input(path)[0]
        candidate = readers.candidate_of(file)
        assert readers.recognise(candidate) == ("rpps", "rpps")
        return rpps.read(candidate, index)

    return read


def test_first_resort_and_shares_between_sites(read_zip, tmp_path):
    rows = [
        row("A"),
        row("A", code="33063", site="R2"),
        row("A", code="33063", site="R2"),  # second function in the same place
        row("B", skill="SM53", sector="SA05", code="33063", site="R3"),
        row("B", sector="SA01", code="16002", site="H1"),  # hospital
        row("C", skill="SM20"),  # another specialty
        row("D", **{"Code profession": "60"}),  # another profession
        row("E", sector="SA08", code="", **{"Code postal (coord. structure)": "33074",
             "Libellé commune (coord. structure)": "BORDEAUX CEDEX"}),
        row("F", **{"Code type savoir-faire": "CEX"}),  # particular mode of practice
        row("G", code="", **{"Libellé commune (coord. structure)": "LISBOA"}),
        row("H", code="16010"),  # merged commune
    ]  # fmt: skip
    result = read_zip(write(tmp_path / "rpps.zip", rows))
    assert _counts(result) == {"16001": 0.5, "16002": 0, "16186": 1, "33063": 0.5 + 1 + 1}
    # A zero that no line says is told: an extract would empty its départements.
    assert any(one.startswith("1 commune des départements") for one in result.tally.remarks)
    assert result.vintages == {"gps": "21/11/2026"}
    assert result.tally.read == 11
    assert {r.reason: r.count for r in result.tally.refused} == {"commune non trouvée": 1}


def test_names_are_never_read(read_zip, tmp_path, monkeypatch):
    seen = []
    from data.files import text_tables

    batches = text_tables.TextTable.batches

    def spy(self, header_row, columns):
        for batch in batches(self, header_row, columns):
            seen.append(batch)
            yield batch

    monkeypatch.setattr(text_tables.TextTable, "batches", spy)
    read_zip(write(tmp_path / "rpps.zip", [row("A")]))
    assert seen
    assert not any((batch == "NOMSECRET").to_numpy().any() for batch in seen)


def test_skills_in_a_separate_file(read_zip, tmp_path):
    apart = "Identification nationale PP|Code savoir-faire|\nA|SM54|\nB|SM20|\n"
    rows = [row("A", skill=""), row("B", skill="")]
    result = read_zip(write(tmp_path / "rpps.zip", rows, PS_LibreAcces_SavoirFaire=apart))
    assert _counts(result)["16001"] == 1


def test_old_files_leave_the_skill_of_gps_blank(read_zip, tmp_path):
    rows = [row("A", skill=""), row("B", skill="SM20")]
    result = read_zip(write(tmp_path / "rpps.zip", rows))
    assert _counts(result)["16001"] == 1
    assert any("ancienne version" in remark for remark in result.tally.remarks)


def test_a_register_without_gp_is_refused(read_zip, tmp_path):
    with pytest.raises(InvalidInputError, match="généralistes de premier recours"):
        read_zip(write(tmp_path / "rpps.zip", [row("C", skill="SM20")]))


@pytest.mark.parametrize(
    ("doctor", "counts"),
    [
        ("SM26 SA07 L", True),
        ("SM53 SA09 L", True),
        ("SM54 SA52 S", True),
        ("SM54 SA05 S", True),
        ("SM26  L", True),  # self-employed, sector not known
        ("SM26  S", False),
        ("SM26 SA01 S", False),  # hospitals
        ("SM54 SA50 L", False),
    ],
)
def test_which_doctors_count(read_zip, tmp_path, doctor, counts):
    skill, sector, mode = doctor.split(" ")
    rows = [row("Z"), row("A", skill, sector, "33063", **{"Code mode exercice": mode})]
    found = _counts(read_zip(write(tmp_path / "rpps.zip", rows)))
    assert ("33063" in found) is counts


def test_the_town_of_the_post_office_serves_when_the_commune_is_blank(read_zip, tmp_path):
    office = "Bureau cedex (coord. structure)"
    rows = [
        row("A", code="", **{office: "87000 LIMOGES"}),
        row("B", code="", **{office: "33074 BORDEAUX CEDEX",
             "Code postal (coord. structure)": "33074"}),
        row("C", code="16001", **{office: "87000 LIMOGES"}),  # what the commune says comes first
    ]  # fmt: skip
    result = read_zip(write(tmp_path / "rpps.zip", rows))
    assert _counts(result) == {"16001": 1, "16002": 0, "16186": 0, "33063": 1, "87085": 1}
    assert result.tally.refused == ()


def test_a_commune_that_may_have_lost_rows_is_unknown_not_zero(index, read_zip, tmp_path):
    near = index.communes.assign(
        postcodes=index.communes["postcodes"].str.replace("16700", "16500")
    )
    wider = dataclasses.replace(index, communes=near)
    rows = [
        row("A", code="16186"),
        # Two communes share 16500, and the name tells neither.
        row("B", code="", **{"Code postal (coord. structure)": "16500",
             "Libellé commune (coord. structure)": "ABZAC LES ADJOTS"}),
    ]  # fmt: skip
    path = write(tmp_path / "rpps.zip", rows)
    result = rpps.read(readers.candidate_of(open_input(path)[0]), wider)
    assert _counts(result) == {"16186": 1}
    assert any("2 communes sans ligne retrouvée" in remark for remark in result.tally.remarks)


_POSTCODE, _TOWN = "Code postal (coord. structure)", "Libellé commune (coord. structure)"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({_POSTCODE: "16700", _TOWN: "LE BOURG"}, "16002"),  # the one commune of the postcode
        ({_POSTCODE: "16900", _TOWN: "ABZAC CEDEX"}, "16001"),  # the one of that name
        # The commune's own postcode comes before that of the post office.
        (
            {_POSTCODE: "16130", "Bureau cedex (coord. structure)": "16900 AMBLEVILLE CEDEX"},
            "16186",
        ),
    ],
)
def test_a_practice_without_a_code_is_found_by_postcode_and_name(read_zip, tmp_path, cells, code):
    result = read_zip(write(tmp_path / "rpps.zip", [row("A", code="", **cells)]))
    assert _counts(result)[code] == 1


def test_a_name_that_two_communes_bear_places_nobody(index, tmp_path):
    named = index.communes["name"].replace("Les Adjots", "Abzac")
    twice = dataclasses.replace(index, communes=index.communes.assign(name=named))
    rows = [row("Z", code="16186"), row("A", code="", **{_POSTCODE: "16900", _TOWN: "ABZAC CEDEX"})]
    path = write(tmp_path / "rpps.zip", rows)
    result = rpps.read(readers.candidate_of(open_input(path)[0]), twice)
    assert _counts(result) == {"16186": 1}  # the two are unknown, not zero
    assert {r.reason: r.count for r in result.tally.refused} == {"commune non trouvée": 1}


@pytest.mark.parametrize("number", ["Numéro FINESS site", "Numéro SIRET site"])
def test_two_sites_of_a_commune_told_by_their_other_numbers_are_two(read_zip, tmp_path, number):
    rows = [
        row("A", site="", **{number: "1"}),
        row("A", site="", **{number: "2"}),
        row("A", code="33063", site="", **{number: "3"}),
    ]
    found = _counts(read_zip(write(tmp_path / "rpps.zip", rows)))
    assert (found["16001"], found["33063"]) == pytest.approx((2 / 3, 1 / 3))


@pytest.mark.reference
def test_the_real_header_is_recognised(reference, tmp_path, read_zip):
    header = (reference / "formats/RPPS_PS_LibreAcces_Personne_activite_header.txt").read_text(
        encoding="utf-8"
    )
    names = next(csv.reader(io.StringIO(header), delimiter="|"))
    row = dict.fromkeys(names, "")
    row |= {
        "Identification nationale PP": "A",
        "Code profession": "10",
        "Code savoir-faire": "SM54",
        "Code commune (coord. structure)": "16001",
        "Code secteur d'activité": "SA07",
    }
    path = tmp_path / "rpps.txt"
    path.write_text(header.strip() + "\n" + "|".join(row.values()) + "\n", encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    result = read_zip(path)
    assert _counts(result)["16001"] == 1
    assert result.vintages == {"gps": "fichier du 14/11/2023"}
