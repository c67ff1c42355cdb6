"""A file that a server gave as a source's: the file, a stub, or a page."""

from data.base import french
from data.files.downloads import Download
from data.official.sources import Source
from geo.errors import UnavailableError

_MAGIC = {"zip": (b"PK\x03\x04",), "json": (b"{", b"["), "pbf": (b"\x00\x00\x00",)}
_NO_TEXT = (b"<", b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"{")
_HEAD_BYTES = 64


def refuse_stub(file: Download, source: Source) -> None:
    """Refuse a file too small, or whose first bytes are not those of its kind.

    Raises
    ------
    UnavailableError
        It is not the file that the source declares.
    """
    if file.size < source.least_bytes:
        raise UnavailableError(
            f"Le fichier reçu pèse {french.number(file.size)} octets, moins que les "
            f"{french.number(source.least_bytes)} attendus : c’est une ébauche, elle est refusée."
        )
    with file.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).lstrip(b"\xef\xbb\xbf \r\n\t")
    if source.magic == "text":
        wrong = head.startswith(_NO_TEXT)
    else:
        wrong = bool(source.magic) and not head.startswith(_MAGIC[source.magic])
    if wrong:
        raise UnavailableError(
            "Le fichier reçu n’a pas la nature attendue (page d’erreur, ou autre format) : il est "
            "refusé, réessayez plus tard."
        )
