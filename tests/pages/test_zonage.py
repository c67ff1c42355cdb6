"""Screen "Zonage" on demonstration data."""

from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT


def test_a_trial_moves_the_gauges_and_the_ceilings_warn() -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "zonage.py"), default_timeout=200).run()
    assert not app.exception
    assert [one.label for one in app.metric] == ["ZIP", "ZAC", "Vigilance", "Hors zone"]
    before = app.metric[0].value
    calm = app.multiselect[0].options
    app.number_input[0].set_value(1.0).run()
    assert any("Plafond dépassé" in one.value for one in app.warning)
    outside = [place for place, label in enumerate(calm) if "(HZ)" in label]
    app.multiselect[0].set_value([app.multiselect[0].options[outside[0]]]).run()
    assert not app.exception
    assert app.metric[0].value != before
    assert "arrêté" in " ".join(one.value for one in app.caption)
