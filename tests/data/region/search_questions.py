"""The same questions for both searches of a place: that of the bar and that of the map."""

import pandas as pd

COMMUNES = pd.DataFrame(
    {
        "code": ["23096", "23008", "16015", "24322", "87154", "87100", "2A004", "33055", "33240"],
        "name": [
            "Guéret",
            "Aubusson",
            "Angoulême",
            "Périgueux",
            "Saint-Junien",
            "Oradour-Saint-Genest",
            "Ajaccio",
            "Bœuf-la-Réole",
            "Langoiran",
        ],
        "departement": ["23", "23", "16", "24", "87", "87", "2A", "33", "33"],
        "epci": ["200034825", "", "200071827", "200040392", "", "", "", "", ""],
        "epci_name": ["CA du Grand Guéret", "", "CA du Grand Angoulême", "CA Le Grand Périgueux"]
        + [""] * 5,
        "postcodes": [
            "23000",
            "23200",
            "16000",
            "24000 24750",
            "87200",
            "87210",
            "20000",
            "",
            "33550",
        ],
        "population": [12955.0, 3200.0, 41000.0, 29000.0, 11000.0, 400.0, 70000.0, 400.0, 2200.0],
    }
)
DEPARTEMENTS = {
    "23": "Creuse",
    "16": "Charente",
    "24": "Dordogne",
    "87": "Haute-Vienne",
    "2A": "Corse-du-Sud",
    "33": "Gironde",
}

ANSWERS: dict[str, list[str]] = {
    "gueret": ["Guéret", "CA du Grand Guéret"],
    "GUÉRET ": ["Guéret", "CA du Grand Guéret"],
    "guerret": ["Guéret"],
    "perigeux": ["Périgueux"],
    "périgueuxx": ["Périgueux"],
    "24750": ["Périgueux"],
    "2400": ["Périgueux"],
    "23008": ["Aubusson"],
    "23": ["Creuse", "Guéret", "Aubusson"],
    "2a": ["Corse-du-Sud", "Ajaccio"],
    "2A004": ["Ajaccio"],
    "200071827": ["CA du Grand Angoulême"],
    "creuse": ["Creuse"],
    "crueuse": ["Creuse"],
    "cruse": ["Creuse"],
    "grand": ["CA du Grand Angoulême", "CA Le Grand Périgueux", "CA du Grand Guéret"],
    "grand angouleme": ["CA du Grand Angoulême"],
    "st junien": ["Saint-Junien"],
    "saint": ["Saint-Junien", "Oradour-Saint-Genest"],
    "st": ["Saint-Junien", "Oradour-Saint-Genest"],
    "boeuf": ["Bœuf-la-Réole"],
    "Bœuf": ["Bœuf-la-Réole"],
    "ngo": ["Angoulême", "CA du Grand Angoulême", "Langoiran"],
    "": [],
    "g": [],
    "zzzzzz": [],
    "99999": [],
    "constructor": [],
    "<b>": [],
    "(.*": [],
}
"""What is asked, and the names that are found, in order."""
