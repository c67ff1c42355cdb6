"""Tables whose cells show texts of ours: those that pandas would show, without its work."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.io.formats.style import Styler
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from data.base.french import MISSING, number
from pages.written_cells import written

TABLE = pd.DataFrame(
    {
        "Commune": ["Ussel", None, "L’Île <b>"],
        "APL": [2.5, np.nan, 3.14159],
        "Minutes": [1.0, 2.25, np.inf],
        "Rang": [1, 20_000, -3],
        "Zone": pd.Categorical(["ZIP", "ZAC", None]),
        "Oui": [True, False, True],
        "Compte": pd.array([1, None, 3], dtype="Int64"),
        "Listes": [["a", "b"], [], ["c"]],
        "Mêlés": [1, 2.5, "trois"],
    },
    index=[7, 3, 5],
)
TEXTS = {"APL": lambda value: number(value, 2), "Rang": number}


def shown(styled: Styler) -> tuple[pd.DataFrame, ArrowData]:
    proto = ArrowData()
    marshall_styler(proto, styled.set_uuid("table"), "")
    return pa.ipc.open_stream(proto.styler.display_values).read_all().to_pandas(), proto


@pytest.mark.parametrize("texts", [TEXTS, {}], ids=["some", "none"])
def test_cells_show_what_pandas_shows(texts: dict) -> None:
    usual = TABLE.style.format(texts, na_rep=MISSING, precision=2, decimal=",")
    ours, sent = shown(written(TABLE, texts))
    pandas, expected = shown(usual)
    pd.testing.assert_frame_equal(ours, pandas)
    assert sent == expected
    assert ours.loc[3, "APL"] == MISSING
    assert ours["Minutes"].tolist() == ["1,00", "2,25", "inf"]


def test_what_pandas_works_out_for_a_page_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("worked out cell by cell")

    for name in ("_compute", "_translate"):
        monkeypatch.setattr(Styler, name, refuse)
    assert shown(written(TABLE, TEXTS))[0]["Rang"].tolist() == ["1", "20\u202f000", "\u22123"]
