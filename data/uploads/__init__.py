"""Candidate sites that someone hands in: any usual format, read within limits and placed."""

from pathlib import Path

from data.files import sandbox
from data.files.archives import MAX_UPLOAD_BYTES
from data.files.opening import open_document, read_bytes, too_large
from data.uploads.doubt import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD
from data.uploads.lines import Line, Lines
from data.uploads.match import MAX_SITES, MatchReport, Outcome, match_lines, sites_table
from data.uploads.site import Site

__all__ = [
    "DOUBTFUL",
    "LEFT_OUT",
    "MAX_SITES",
    "MAX_UPLOAD_BYTES",
    "REFUSED",
    "UNDERSTOOD",
    "Line",
    "Lines",
    "MatchReport",
    "Outcome",
    "Site",
    "match_lines",
    "open_lines",
    "read_lines",
    "read_upload",
    "sites_table",
]


def read_upload(path: Path) -> Lines:
    """Read a file of sites from disk; see `open_lines`."""
    return open_lines(read_bytes(path), path.name)


def open_lines(content: bytes, name: str) -> Lines:
    """Read a file of sites in a process apart, within limits; see `read_lines`.

    Raises
    ------
    InvalidInputError
        Also when the file breaks a limit of memory, time or size.
    """
    if len(content) > MAX_UPLOAD_BYTES:
        raise too_large(name, len(content), MAX_UPLOAD_BYTES)
    limits = sandbox.for_size(len(content))
    return sandbox.run(read_lines, content, name, name=name, limits=limits)


def read_lines(content: bytes, name: str) -> Lines:
    """Read a file of sites; its format is told by its content, not by its name.

    Parameters
    ----------
    content
        The whole file.
    name
        What messages call it.

    Raises
    ------
    InvalidInputError
        The file is empty, too large, broken, hostile, of another kind, or without a heading that
        says where the sites are.
    """
    from data.uploads.reading import lines_of

    return lines_of(open_document(content, name))
