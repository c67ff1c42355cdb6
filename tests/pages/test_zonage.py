"""Screen "Zonage" on demonstration data."""

from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "zonage.py"), default_timeout=200)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_a_trial_moves_the_gauges_leaves_a_trace_and_opens_again() -> None:
    app = opened()
    assert [one.label for one in app.metric] == ["ZIP", "ZAC", "Vigilance", "Hors zone"]
    before = app.metric[0].value
    calm = app.multiselect[0].options
    app.number_input[0].set_value(1.0).run()
    assert any("Plafond dépassé" in one.value for one in app.warning)
    outside = [place for place, label in enumerate(calm) if "(HZ)" in label]
    app.multiselect[0].set_value([app.multiselect[0].options[outside[0]]]).run()
    assert not app.exception
    assert app.metric[0].value != before
    after = app.metric[0].value
    told = app.query_params["essai"]
    trace = told if isinstance(told, str) else told[0]
    assert trace.endswith(":ZIP")
    assert "arrêté" in " ".join(one.value for one in app.text)

    again = opened(essai=trace)
    assert again.metric[0].value == after
    next(one for one in again.button if "Annuler mes changements (1)" in one.label).click().run()
    assert again.metric[0].value == before
    assert "essai" not in again.query_params


def test_a_foreign_trial_changes_nothing() -> None:
    plain, foreign = opened(), opened(essai="zz:ZIP,<b>:ZAC,1:XX")
    assert [one.value for one in foreign.metric] == [one.value for one in plain.metric]


def test_room_is_read_beside_the_apl() -> None:
    app = opened()
    tables = [set(one.value.columns) for one in app.dataframe]
    assert any({"apl", "apl65", "without_room", "share"} <= columns for columns in tables)
    assert any("without" in columns and "reason" in columns for columns in tables)
    assert any("pas un critère légal" in one.value for one in app.caption)
