"""The user's own layer: places of any file, and what became of each line."""

import pytest

from data.region import catalogue
from data.uploads.own_points import own_points
from geo.errors import InvalidInputError


def test_lines_are_placed_by_coordinates_or_commune_and_none_is_lost() -> None:
    territory = catalogue.load_territory("75")
    content = (
        "nom;lat;lon;commune\n"
        "Scanner <b>1</b>;45,1833;0,7167;\n"
        "IRM {{7*7}};;;Périgueux\n"
        "Ailleurs;;;Commune qui n’existe pas\n"
    )
    points, report = own_points(content.encode(), "mes points.csv", territory)
    assert points["name"].tolist() == ["Scanner <b>1</b>", "IRM {{7*7}}"]
    assert points["detail"].tolist() == ["Périgueux", "Périgueux"]
    assert points["lon"].between(0.6, 0.8).all()
    assert len(report.outcomes) == 3


def test_a_foreign_file_gets_a_sentence() -> None:
    with pytest.raises(InvalidInputError, match="photo"):
        own_points(b"\x89PNG\r\n\x1a\n0000", "photo.png", catalogue.load_territory("75"))
