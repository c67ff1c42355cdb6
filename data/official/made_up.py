"""Files of ours that come back: what they say to be simulated never becomes real."""

from collections.abc import Iterable

from data.base.french import uncapitalised
from data.official.readers.tables import Candidate
from data.official.readers.tally import ReadResult
from data.region.table_names import TITLES
from data.region.territory import SIMULATED_CLAUSE, SIMULATED_LINE
from geo.errors import InvalidInputError


def simulated_in(notes: Iterable[str]) -> set[str]:
    """Return the titles of the tables that the notes of a file of ours say to be simulated.

    As they stand within a sentence: older files of ours wrote them with their capitals.

    Examples
    --------
    >>> sorted(simulated_in(["# Simulé pour la démonstration : APL, zonage."]))
    ['APL', 'zonage']
    >>> simulated_in(["Zonage : données simulées."])
    {'zonage'}
    """
    found: set[str] = set()
    for note in notes:
        told = note.strip().removeprefix("# ").removesuffix(".")
        if told.startswith(SIMULATED_LINE):
            found.update(map(uncapitalised, told.removeprefix(SIMULATED_LINE).split(", ")))
        elif told.endswith(SIMULATED_CLAUSE):
            found.add(uncapitalised(told.removesuffix(SIMULATED_CLAUSE)))
    return found


def refuse(candidate: Candidate, result: ReadResult) -> None:
    """Refuse a file whose notes say that a table read from it is simulated.

    Raises
    ------
    InvalidInputError
        With the table.
    """
    said = simulated_in(cell for table in candidate.tables for row in table.head for cell in row)
    for key in result.tables:
        if uncapitalised(title := TITLES.get(key, "")) in said:
            raise InvalidInputError(
                f"« {candidate.file.name} » est un fichier de ProxiSoins qui se dit simulé "
                f"({title}) : des données de démonstration ne deviennent pas réelles en revenant. "
                "Importez le fichier officiel."
            )
