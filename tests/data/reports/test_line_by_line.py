"""The report of a file of sites, line by line."""

import pandas as pd

from data.reports.site_columns import line_by_line


def test_coordinates_are_written_in_french_to_ten_metres() -> None:
    report = pd.DataFrame({"line": [2, 3], "lon": [2.31378, None], "lat": [45.5448, None]})
    shown = line_by_line(report)
    assert list(shown) == ["Ligne", "Longitude", "Latitude"]
    assert shown["Longitude"].tolist() == ["2,3138", ""]
    assert shown["Latitude"].tolist() == ["45,5448", ""]
