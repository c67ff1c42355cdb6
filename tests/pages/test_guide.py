"""The guide: its words are those of the glossary, its screens those of the menu."""

import re
from urllib.parse import unquote

from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from pages.glossary import GLOSSARY


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "guide.py"), default_timeout=60).run()
    assert not app.exception
    return app


def test_each_word_is_in_the_glossary_of_the_documentation() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    known = {line.split("|")[1].strip() for line in lines if line.startswith("| ")}
    assert {word for word, _ in GLOSSARY} <= known


def test_each_screen_that_it_sends_to_stands_in_the_menu() -> None:
    menu = (ROOT / "app.py").read_text(encoding="utf-8")
    sent = [one.value.rsplit("**", 2)[1] for one in opened().markdown if "**" in one.value]
    assert len(sent) == 8
    assert all(f'"{screen}"' in menu for screen in sent)


def test_it_shows_the_steps_and_all_the_words() -> None:
    shown = " ".join(one.proto.body for one in opened().get("html"))
    assert shown.count("<li>") == 4
    assert shown.count("<dt>") == len(GLOSSARY)
    # No line of a card may start with a colon.
    assert "indicateur\xa0: la phrase" in shown
    assert "«\xa0Isochrone d’ici\xa0»" in shown


def test_each_step_has_a_drawing_that_streamlit_keeps() -> None:
    shown = " ".join(one.proto.body for one in opened().get("html"))
    assert "<svg" not in shown
    drawings = re.findall(r'<img src="data:image/svg\+xml,([^"]+)" alt="">', shown)
    assert len({unquote(one) for one in drawings}) == 4
    assert all(unquote(one).startswith("<svg xmlns=") for one in drawings)


def test_each_question_opens_the_screen_that_answers() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page("pages/guide.py").run()
    assert not app.exception
    links = [one.proto for one in app.get("page_link") if "**" in one.proto.label]
    assert len(links) == 8
    addresses = {one.label.rsplit("**", 2)[1]: one.page for one in links}
    assert addresses["Carte"] == "carte"
    assert addresses["Fiche territoire"] == "territoire"
