"""The risk on maps: a forecast that has ended is said to have, on its indicator only."""

from data.maps import risk


def test_only_the_risk_says_that_its_forecast_has_ended() -> None:
    indicators = [
        {"key": "apl", "sentence": "APL."},
        {"key": "risk_class", "sentence": "3 communes."},
    ]
    document = {"indicators": indicators, "whole": True}
    told = risk.with_overdue(document, "Prévision échue.")
    assert [one["sentence"] for one in told["indicators"]] == [
        "APL.",
        "3 communes. Prévision échue.",
    ]
    assert told["whole"]
    # The configuration is shared by all sessions: it is not changed in place.
    assert indicators[1]["sentence"] == "3 communes."
    assert risk.with_overdue(document, "") is document
