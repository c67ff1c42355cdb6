"""Why a line of an upload could not be placed at once."""

from collections.abc import Mapping, Sequence

from data.base.french import counted
from data.region.gazetteer import Place

UNDERSTOOD, DOUBTFUL, REFUSED, LEFT_OUT = "compris", "douteux", "refusé", "écarté"

_WORDS = {
    UNDERSTOOD: ("comprise", "comprises"),
    DOUBTFUL: ("douteuse", "douteuses"),
    REFUSED: ("refusée", "refusées"),
    LEFT_OUT: ("écartée", "écartées"),
}


def lines_in_words(counts: Mapping[str, int]) -> str:
    """Return how many lines became what ("3 comprises, 0 douteuse, 1 refusée, 0 écartée")."""
    return ", ".join(counted(counts.get(key, 0), *words) for key, words in _WORDS.items())


class Doubt(Exception):  # noqa: N818  (an outcome, no error)
    """Stops the reading of a line; `status` says whether the user can still choose.

    `elsewhere` says that the line is clear, and speaks of another region.
    """

    def __init__(
        self,
        status: str,
        reason: str,
        candidates: Sequence[Place] = (),
        *,
        elsewhere: bool = False,
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.candidates = status, reason, tuple(candidates)
        self.elsewhere = elsewhere
