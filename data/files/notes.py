"""What our files say of how they are read, and the sheet of a workbook where they say it."""

NOTES_SHEET = "À lire"
"""The sheet of our workbooks that holds notes and no table."""
SHARES_TOLD = "Parts et probabilités : 1 vaut 100 %."
BLANK_TOLD = "Cellule vide : non disponible ou sans objet, jamais zéro."
