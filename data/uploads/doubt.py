"""Why a line of an upload could not be placed at once."""

from collections.abc import Sequence

from data.region.gazetteer import Place

UNDERSTOOD, DOUBTFUL, REFUSED, LEFT_OUT = "compris", "douteux", "refusé", "écarté"


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
