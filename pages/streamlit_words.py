"""Streamlit's own words in French: its scripts are translated, and compressed, as they are served.

Streamlit has no setting for the texts of its widgets, tables and dialogs. Each phrase stands in its
scripts as a whole literal, or as a piece of one that is named here with what surrounds it.
"""

import asyncio
import gzip
import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(st.__file__).parent / "static" / "static" / "js"

ADDRESS = "/static/js/"
"""Where Streamlit serves its scripts."""
_CACHE = "public, max-age=604800"
"""A week: the names of the files follow Streamlit's version, not our words."""
_FOR_EVER = "public, immutable, max-age=31536000"
"""As Streamlit says of the scripts that we leave as they are."""

SCRIPTS = (
    "ArrowVegaLiteChart",
    "DataFrame",
    "DownloadButton",
    "FileUploader",
    "InputInstructions",
    "Multiselect",
    "NumberInput",
    "Pagination",
    "Selectbox",
    "StreamlitMarkdown",
    "TextInput",
    "Toolbar",
    "formatMoment",
    "formatNumber",
    "index",
    "useCopyToClipboard",
    "utils",
)
"""Beginnings of the names of the scripts that hold the words below."""

WORDS = {
    "Add files": "Ajouter des fichiers",
    "Add row": "Ajouter une ligne",
    "App pages": "Écrans",
    "Choose an option": "Choisir",
    "Choose options": "Choisir",
    "Clear all": "Tout effacer",
    "Clear selection": "Effacer la sélection",
    "Clear value": "Effacer",
    "Close": "Fermer",
    "Close Search": "Fermer la recherche",
    "Close fullscreen": "Quitter le plein écran",
    "Collapse sidebar": "Replier le menu",
    "Connection error": "Connexion interrompue",
    "Copied": "Copié",
    "Copied!": "Copié",
    "Copy Vega-Lite spec": "Copier la description du graphique",
    "Copy column name": "Copier le nom de la colonne",
    "Copy to clipboard": "Copier",
    "Dataframe column menu": "Menu de la colonne",
    "Decrement": "Diminuer",
    "Delete row(s)": "Supprimer",
    "Download as CSV": "Télécharger ce tableau (CSV)",
    "Download as PNG": "Télécharger (PNG)",
    "Download failed": "Le téléchargement a échoué",
    "Drag and drop a file here": "Déposer le fichier ici",
    "Drag and drop files here": "Déposer les fichiers ici",
    "Expand sidebar": "Ouvrir le menu",
    "File size is too small.": "Ce fichier est trop petit.",
    "Fullscreen": "Plein écran",
    "Help": "Aide",
    "Hide column": "Masquer la colonne",
    "Increment": "Augmenter",
    "Invalid input.": "Saisie non valable.",
    "Link to heading": "Lien vers ce titre",
    "Main menu": "Menu principal",
    "Multiselect options": "Choix possibles",
    "Navigate to home page": "Aller à la carte",
    "Network error": "Erreur du réseau",
    "Next Result": "Résultat suivant",
    "Next page": "Page suivante",
    "No data": "Aucune donnée",
    "No results": "Aucun résultat",
    "Number is above the allowed range.": "Nombre au-dessus du maximum.",
    "Number is below the allowed range.": "Nombre au-dessous du minimum.",
    "Only one file is allowed.": "Un seul fichier à la fois.",
    "Open": "Ouvrir",
    "Page not found": "Page introuvable",
    "Pin column": "Figer la colonne",
    "Please wait...": "Un instant…",
    "Previous Result": "Résultat précédent",
    "Previous page": "Page précédente",
    "Scroll tabs left": "Onglets précédents",
    "Scroll tabs right": "Onglets suivants",
    "Search": "Chercher",
    "Select all": "Tout choisir",
    "Selectbox options": "Choix possibles",
    "Selected values": "Valeurs choisies",
    "Show chart": "Montrer le graphique",
    "Show data": "Montrer les données",
    "Show/hide columns": "Choisir les colonnes",
    "Skip to main content": "Aller au contenu",
    "Sort ascending": "Trier, croissant",
    "Sort descending": "Trier, décroissant",
    "The page that you have requested does not seem to exist": "Cette page n’existe pas",
    "The value cannot be interpreted as a number.": "Cette valeur n’est pas un nombre.",
    "The value is not part of the allowed options.": "Cette valeur n’est pas parmi les choix.",
    "Type to search": "Chercher dans le tableau",
    "Unexpected error. Please try again.": "Erreur inattendue : recommencez.",
    "Unpin column": "Libérer la colonne",
}
"""Whole literals."""
_NAMES = {"Help", "Search", "Fullscreen", "Close", "Open"}
"""Words that are also names in the code: they are changed where they are shown only."""
_SHOWN = ("label:`{}`", '"aria-label":`{}`', "?`{}`:")

PIECES = {
    "`Help for ${": "`Aide : ${",
    "`Press Enter to ${": "`Entrée pour ${",
    "}+Enter to ${": "}+Entrée pour ${",
    "`Press ${": "`${",
    "?`submit form`:`apply`": "?`envoyer`:`valider`",
    '"aria-label":`Remove ${': '"aria-label":`Retirer ${',
    " per file`": " au plus par fichier`",
    "`You can only select up to ${": "`Pas plus de ${",
    "} ${e}. Remove an option first.`": "} choix : retirez-en un d’abord.`",
    "?`view less`:`view more`": "?`réduire`:`lire la suite`",
    ". Running the app's main page.`": ". Voici la carte.`",
    ",`Autosize`]": ",`Ajuster la largeur`]",
    ",`Format`]": ",`Format des nombres`]",
    "`Select ${": "`Choisir les ${",
    ".length} matches`": ".length} trouvés`",
    ".length} more`": ".length} autres`",
    "Please enter a value greater than or equal to ${": "Au moins ${",
    "Please enter a value less than or equal to ${": "Au plus ${",
    "`Number is outside the allowed range. Please enter a value between ${n} and ${r}.`": (
        "`Nombre hors limites : de ${n} à ${r}.`"
    ),
    "`Number is below the allowed range. ": "`Nombre au-dessous du minimum. ",
    "`Number is above the allowed range. ": "`Nombre au-dessus du maximum. ",
    "?`Upload directories`:`Upload`": "?`Choisir un dossier`:`Choisir un fichier`",
    "`Cancel upload of ${": "`Annuler l’envoi de ${",
    "`Remove ${": "`Retirer ${",
    "children:[`Error: `": "children:[`Erreur : `",
    "`File must be ${": "`Un fichier fait ${",
    "} or smaller.`": "} au plus.`",
    "`${t.type} files are not allowed.`": "`Ce type de fichier n’est pas accepté.`",
    "`${e.type} files are not allowed.`": "`Ce type de fichier n’est pas accepté.`",
    # Sizes: 1,2 Mo.
    "`${e.toFixed(n)}${t.toUpperCase()}`": (
        "`${e.toFixed(n).replace(`.`,`,`)}\N{NO-BREAK SPACE}${t.toUpperCase().replace(`B`,`o`)}`"
    ),
    # What a screen reader hears of a cell: what it shows, not the number or the word of the code.
    "=>e.data?.toString()??``,kind:Y.Number": (
        "=>e.displayData??e.data?.toString()??``,kind:Y.Number"
    ),
    "=>e.data?.toString()??`false`,kind:Y.Boolean": "=>e.data?`oui`:`non`,kind:Y.Boolean",
    # Figures and dates of tables, whatever the language of the browser.
    "=navigator.languages": "=[`fr-FR`]",
}
"""Pieces of literals, with enough of the code around them to be found nowhere else."""


def in_french(script: str) -> str:
    """Return a script of Streamlit's with its words in French."""
    for english, french in PIECES.items():
        script = script.replace(english, french)
    for english, french in WORDS.items():
        for form in _SHOWN if english in _NAMES else ("`{}`",):
            script = script.replace(form.format(english), form.format(french))
    return script


@cache
def script(name: str) -> bytes | None:
    """Return a script as it is served, compressed, translated where it has words to translate.

    Parameters
    ----------
    name
        Name of the file, as the browser asks for it; None is returned where there is none.
    """
    if (file := _file(name)) is None:
        return None
    read = file.read_bytes()
    if _has_words(name):
        read = in_french(read.decode()).encode()
    return gzip.compress(read, 6, mtime=0)


def _has_words(name: str) -> bool:
    return name.partition(".")[0] in SCRIPTS


def _file(name: str) -> Path | None:
    """Return the file of a script of Streamlit's, None where it has none of this name."""
    file = FOLDER / name
    return file if name.endswith(".js") and file.parent == FOLDER and file.is_file() else None


def takes_gzip(scope: Scope) -> bool:
    """Tell whether who asks takes an answer compressed: "gzip;q=0" refuses it (RFC 9110)."""
    asked = "".join(Headers(scope=scope).get("accept-encoding", "").lower().split())
    weights = {name: weight for name, _, weight in (one.partition(";") for one in asked.split(","))}
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return re.fullmatch(r"q=0(\.0*)?", weight) is None


class FrenchScripts:
    """Serve the scripts of Streamlit compressed, their words in French; let all else through.

    A page asks for sixty of them before anything is drawn: two megabytes, which Streamlit sends as
    they are. It also reads each piece by piece in other threads, and each piece waits for its turn
    beside what a process computes as it starts: here one is read at once, and once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        name = ""
        if scope["type"] == "http" and scope["method"] == "GET" and ADDRESS in scope["path"]:
            name = scope["path"].rpartition(ADDRESS)[2]
        if _file(name) is None or (packed := await asyncio.to_thread(script, name)) is None:
            await self.app(scope, receive, send)
            return
        headers = {
            "Cache-Control": _CACHE if _has_words(name) else _FOR_EVER,
            "Vary": "Accept-Encoding",
        }
        if takes_gzip(scope):
            headers["Content-Encoding"] = "gzip"
        else:
            packed = gzip.decompress(packed)
        response = Response(packed, headers=headers, media_type="text/javascript")
        await response(scope, receive, send)
