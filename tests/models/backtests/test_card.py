"""The card on screen: French, whole, with the figures of the report and of the parameters."""

import re

import pytest

from data.base.french import number
from data.base.paths import ROOT
from models.backtests import card, evaluation, proof, protocol, report
from models.learning import artefact
from models.learning.predictors import PREDICTORS

SECTIONS = 15


def test_the_card_kept_is_that_of_the_figures_and_parameters() -> None:
    assert card.read() == card.french(proof.read(), artefact.read())


def test_the_card_says_in_french_the_order_of_tripod_ai_and_the_figures() -> None:
    text = card.french(proof.read(), artefact.read())
    assert [int(n) for n in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)] == [
        *range(1, SECTIONS + 1)
    ]
    assert not re.findall(r"\b(?:the|of|and|with|regions|losses)\b", text)
    assert all(one.meaning in text for one in PREDICTORS)
    figures = proof.read().figures
    auc = figures["designs"]["held_out"]["models"][figures["shipped"]]["auc"]["value"]
    assert f"AUC {number(auc, 3)} [" in text
    # What falls short is said in the summary, not only further down.
    summary = text.split("## 3.")[0]
    short = proof.read().aims().query("Atteint == 'non'")
    assert len(short) > 2
    assert all(str(one).split(" [")[0] in summary for one in short["Mesuré"])
    english = report.documents(dict(figures), artefact.read())["model-card.md"]
    assert "Aims not reached" in english.split("## 3.")[0]
    assert ", ".join(artefact.read()["training_data"]["periods"]) in text


def test_a_card_not_written_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "PATH", card.PATH.with_name("none.md"))
    assert card.read() is None


def test_the_three_documents_in_use_are_those_of_the_figures() -> None:
    """What `risk report` would write from the figures and parameters that are shipped."""
    figures = dict(proof.read().figures)
    docs = ROOT / "docs"
    for name, text in report.documents(figures, artefact.read()).items():
        assert (docs / name).read_text(encoding="utf-8") == text, name


def test_the_protocol_says_how_often_held_out_regions_were_looked_at() -> None:
    assert f"looked at {evaluation.LOOKS} times" in protocol.text(evaluation.LOOKS)
    assert proof.read().figures["looks"] == evaluation.LOOKS
