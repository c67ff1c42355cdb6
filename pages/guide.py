"""Screen "Guide": four steps for a first visit, what each screen answers, the glossary."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from data.base.french import unbroken
from pages.glossary import GLOSSARY

_STEPS = (
    (
        "Regarder",
        (
            "Sur la carte, choisissez un indicateur : la phrase dit ce que l’on voit, la "
            "légende compte les communes. Hachuré : non disponible, ce n’est pas zéro."
        ),
        '<path d="M6 12l10-4 10 4 10-4v24l-10 4-10-4-10 4z"/><path d="M16 8v24M26 12v24"/>',
    ),
    (
        "Cliquer une commune",
        (
            "Sa fiche s’ouvre, comparée à son EPCI, son département, la région. "
            "« Isochrone d’ici » montre qui est à 10, 20 et 30 minutes ; de là, une MSP s’y évalue."
        ),
        (
            '<circle cx="20" cy="18" r="5"/>'
            '<path d="M20 36s-11-11-11-18a11 11 0 0 1 22 0c0 7-11 18-11 18z"/>'
        ),
    ),
    (
        "Essayer",
        (
            "Déposez des sites, changez une zone, retirez un médecin : tout est recalculé, rien "
            "n’est changé dans les données. Avant et après sont côte à côte."
        ),
        '<path d="M8 32V18h7v14zM19 32V8h7v24z"/><path d="M4 32h32M33 14l4 4-4 4"/>',
    ),
    (
        "Partager",
        (
            "L’adresse garde la vue entière. « Partager » la copie ; un lien de scénario s’ouvre "
            "en lecture seule, sur un téléphone aussi, et se retire."
        ),
        (
            '<circle cx="10" cy="20" r="4"/><circle cx="30" cy="10" r="4"/>'
            '<circle cx="30" cy="30" r="4"/>'
            '<path d="M14 18l12-6M14 22l12 6"/>'
        ),
    ),
)
"""Title, words and drawing (40 by 40) of each step."""

_QUESTIONS = (
    ("Qui ne trouve pas de place à 20 minutes ?", "Carte", "carte"),
    ("Où le dernier médecin pourrait-il partir ?", "Territoires à risque", "risques"),
    ("Où ouvrir une maison de santé, ou un pôle ?", "Sites MSP", "sites"),
    ("Qui peut aider, combien, à quel prix ?", "Solidarité", "solidarite"),
    ("Qui reçoit la nuit ; et si une ligne tombe ?", "Permanence des soins", "permanence"),
    ("Quelle zone, quelle marge sous le plafond ?", "Zonage", "zonage"),
    ("Que dire d’une commune en une page ?", "Fiche territoire", "territoire"),
    ("D’où viennent les chiffres ; importer les nôtres", "Données et méthode", "methode"),
)
"""What one asks, the name of the screen that answers, its file."""

_STYLE = """<style>
.ps-steps{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem;
  list-style:none;padding:0!important;margin:0!important;counter-reset:step}
.ps-steps li{border:1px solid var(--line);border-top:4px solid var(--blue);margin:0;
  padding:.8rem 1rem}
.ps-steps img{width:44px;height:44px}
.ps-steps h2{font-size:1.1rem;padding:.2rem 0!important;margin:0}
.ps-steps p{margin:.2rem 0 0}
.stPageLink a,.stPageLink a *{white-space:normal!important;overflow:visible!important;
  height:auto!important}
.ps-words{margin:0;padding:0!important;columns:26rem 2;column-gap:3rem}
.ps-words dt{font-weight:700;padding-top:.6rem;break-after:avoid}
.ps-words dd{margin:0;break-inside:avoid}
</style>"""


def _picture(drawing: str) -> str:
    """Return a drawing as the address of an image: Streamlit drops those that stand in its HTML."""
    return "data:image/svg+xml," + quote(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" fill="none" stroke="#000091" '
        f'stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round">{drawing}</svg>'
    )


def _draw_questions(asked: Sequence[tuple[str, str, str]]) -> None:
    """Draw questions, each of which opens the screen that answers it."""
    for question, screen, file in asked:
        told = f"{question} **{screen}**"
        try:
            st.page_link(f"pages/{file}.py", label=told)
        except StreamlitPageNotFoundError:  # not for this reader, or the screen is run alone
            st.markdown(f"- {told}")


def draw() -> None:
    """Draw the screen."""
    st.title("Guide")
    steps = "".join(
        f'<li><img src="{_picture(drawing)}" alt="">'
        f"<h2>{rank}. {escape(title)}</h2><p>{escape(unbroken(words))}</p></li>"
        for rank, (title, words, drawing) in enumerate(_STEPS, 1)
    )
    st.html(f'{_STYLE}<ol class="ps-steps">{steps}</ol>')
    st.header("Quelle question, quel écran")
    half = len(_QUESTIONS) // 2
    for place, asked in zip(st.columns(2), (_QUESTIONS[:half], _QUESTIONS[half:]), strict=True):
        with place, st.container(gap=None):
            _draw_questions(asked)
    st.header("Les mots")
    words = "".join(
        f"<dt>{escape(word)}</dt><dd>{escape(unbroken(meaning))}</dd>" for word, meaning in GLOSSARY
    )
    st.html(f'{_STYLE}<dl class="ps-words">{words}</dl>')


draw()
