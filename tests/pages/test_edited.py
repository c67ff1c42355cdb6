"""Tables in which one writes, row by row in fields where plain tables are asked for."""

import pandas as pd
from streamlit.testing.v1 import AppTest


def _screen() -> None:
    import pandas as pd
    import streamlit as st

    from pages import edited, grids

    st.session_state.setdefault(grids.PLAIN, True)
    prices = st.session_state.get("prices", [1.0, 2.5])
    names = [f"Site {row}" for row in range(1, len(prices) + 1)]
    found = edited.edit(
        pd.DataFrame({"Site": names, "Forme": "MSP", "Coût": prices}),
        edited.Asked(names.__getitem__),
        key="essai",
        disabled=["Site"],
        column_config={
            "Forme": st.column_config.SelectboxColumn(options=["MSP", "Centre"]),
            "Coût": st.column_config.NumberColumn(min_value=0.0),
        },
    )
    st.session_state["found"] = found


def _found(app: AppTest) -> pd.DataFrame:
    assert not app.exception
    table: pd.DataFrame = app.session_state["found"]
    return table


def test_what_is_written_in_fields_is_in_the_table_and_another_table_forgets_it() -> None:
    app = AppTest.from_function(_screen).run()
    assert not app.dataframe
    assert [one.value for one in app.text] == ["Site 1", "Site 2"]
    app.text_input[1].set_value("3,5").run()
    app.selectbox[0].select("Centre").run()
    assert _found(app).to_dict("list") == {
        "Site": ["Site 1", "Site 2"],
        "Forme": ["Centre", "MSP"],
        "Coût": [1.0, 3.5],
    }
    app.text_input[1].set_value("-3").run()
    assert _found(app)["Coût"].tolist() == [1.0, 3.5]
    assert "Écrivez un nombre de 0" in app.error[0].value
    app.session_state["prices"] = [4.0]
    assert _found(app.run()).to_dict("list") == {
        "Site": ["Site 1"],
        "Forme": ["MSP"],
        "Coût": [4.0],
    }


def test_a_table_of_many_fields_is_written_one_row_at_a_time_and_keeps_all() -> None:
    app = AppTest.from_function(_screen)
    app.session_state["prices"] = [float(price) for price in range(1, 13)]
    app.run()
    assert len(app.text_input) == 1
    app.text_input[0].set_value("20").run()
    app.selectbox(key="essai_rang").select_index(4).run()
    app.text_input[0].set_value("50").run()
    app.selectbox(key="essai_rang").select_index(0).run()
    assert app.text_input[0].value == "20"
    assert _found(app)["Coût"].tolist() == [20, 2, 3, 4, 50, *range(6, 13)]
