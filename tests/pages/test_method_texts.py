"""What the method says: formulas that are drawn, rules told as the law tells them."""

import re

from data.region import rules
from pages import method_texts

TEXTS = {name: text for name, text in vars(method_texts).items() if isinstance(text, str)}


def test_the_marks_of_a_formula_stand_alone_on_their_line() -> None:
    marked = [
        (name, line)
        for name, text in TEXTS.items()
        if not name.startswith("__")
        for line in text.splitlines()
        if "$$" in line
    ]
    assert len(marked) >= 6
    assert len(marked) % 2 == 0
    assert all(line == "$$" for _, line in marked)


def test_advanced_consultations_are_a_right_of_doctors_settled_elsewhere() -> None:
    told = rules.ZONE_AIDS["ZIP"]
    assert "médecins installés hors de la zone peuvent" in told
    assert re.search(r"200 € par demi-journée, 6 demi-journées par mois au plus", told)
    assert "consultations avancées" not in rules.ZONE_AIDS["ZAC"]


def test_no_rule_hides_behind_an_unnamed_circular() -> None:
    said = " ".join([*TEXTS.values(), *rules.ZONE_AIDS.values()])
    said += " ".join(" ".join(row.values()) for row in rules.listed())
    assert not re.search(r"selon la circulaire", said, flags=re.IGNORECASE)
