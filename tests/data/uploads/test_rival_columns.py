"""Two columns for one figure: the newest year, else both are named and nothing is guessed."""

import pytest

from data import uploads
from geo.errors import InvalidInputError
from tests.data.uploads import upload_fixtures


def workbook(*titles: str, rows: tuple[tuple[object, ...], ...]) -> bytes:
    return upload_fixtures.workbook([["Nom", "Commune", *titles], *map(list, rows)])


@pytest.mark.parametrize(
    ("titles", "expected"),
    [(("MG 2019", "MG 2024"), "4"), (("MG 2024", "MG 2019"), "3")],
)
def test_the_newest_year_is_read_whatever_the_order(titles: tuple[str, str], expected: str) -> None:
    content = workbook(*titles, rows=(("A", "Ussel", 3, 4),))
    lines = uploads.read_lines(content, "sites.xlsx")
    assert lines.lines[0].cells["gps"] == expected
    assert len(lines.ignored) == 1


@pytest.mark.parametrize(
    ("titles", "values"),
    [
        (("MG actuels", "MG prévus"), (3, 5)),
        (("Nombre de médecins", "Généralistes"), (3, 2)),
        (("MG 2024", "Nb médecins généralistes 2024"), (3, 4)),
        (("MG", "MG 2024"), (3, 4)),
        (("Surface", "Surface utile"), (300, 250)),
    ],
)
def test_two_columns_that_no_year_tells_apart_are_named_and_refused(
    titles: tuple[str, str], values: tuple[int, int]
) -> None:
    content = workbook(*titles, rows=(("A", "Ussel", *values), ("B", "Cognac", 1, 1)))
    with pytest.raises(InvalidInputError, match="deux colonnes pour la même chose") as refusal:
        uploads.read_lines(content, "sites.xlsx")
    assert all(f"« {title} »" in str(refusal.value) for title in titles)


def test_two_columns_that_agree_are_no_question() -> None:
    content = workbook("MG", "Médecins", rows=(("A", "Ussel", 3, 3), ("B", "Cognac", 2, None)))
    lines = uploads.read_lines(content, "sites.xlsx")
    assert len(lines.lines) == 2


def test_a_layer_is_asked_the_same() -> None:
    head = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
    tail = ',"geometry":{"type":"Point","coordinates":[2.3,45.5]}}]}'
    for told, refused in (('{"nom":"A","mg":3,"médecins":4}', True), ('{"nom":"A","mg":3}', False)):
        content = (head + told + tail).encode()
        if refused:
            with pytest.raises(InvalidInputError, match="« mg »"):
                uploads.read_lines(content, "sites.geojson")
        else:
            assert uploads.read_lines(content, "sites.geojson").lines[0].cells["gps"] == "3"
