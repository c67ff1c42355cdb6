"""The errors that ProxiSoins raises; the message is a French sentence fit for the screen."""


class ProxiSoinsError(Exception):
    """Base of every error of ours: says in French what is wrong, where, and how to mend it."""


class InvalidInputError(ProxiSoinsError):
    """A file, a table or a parameter cannot be used as it is."""


class UnreachableError(ProxiSoinsError):
    """A point lies too far from any road or outside the covered area."""


class UnsolvedError(ProxiSoinsError):
    """An optimisation has no solution, or none was found within the time allowed."""


class ForbiddenError(ProxiSoinsError):
    """What is asked needs a right that who asks does not have, or has no longer."""


class UnavailableError(ProxiSoinsError):
    """A source, a server or a table that the request needs is not there."""


class MomentarilyUnavailableError(UnavailableError):
    """What is asked is there, and cannot be reached just now: trying again later is worth it."""
