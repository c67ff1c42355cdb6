"""What the screen « La preuve » says of the figures of the last report."""

from models.backtests import proof


def test_two_models_with_the_same_measures_are_told_why() -> None:
    known = proof.read()
    for design in known.designs():
        table = known.models(design).set_index("Modèle")
        two, four = (table.loc[proof.MODELS[key]] for key in ("count_population", "four"))
        assert bool(known.alike(design)) == two.equals(four)
    # No start that is learned from has an APL, there alone.
    assert [one for one in known.designs() if known.alike(one)] == ["forward"]
