"""What a scenario holds, and how it is stored: plain values that every version can read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from data.uploads.site import Site
from geo.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from data.region.territory import Territory


NAME_CHARACTERS = 200
NOTE_CHARACTERS = 10_000
PLAN, POLE, PROJECTS, VIEW = "plan", "pole", "projets", "vue"
"""Parameters that hold a plan of help, a pole, forms and prices of projects, a view shared without
a scenario: each a mapping of texts, as the address of its screen holds it."""


@dataclass(frozen=True)
class Draft:
    """What a scenario holds.

    Attributes
    ----------
    name, note
        Text as written by the user.
    region
        INSEE code.
    sites
        Candidate sites kept.
    departures
        INSEE code to number of GPs who leave.
    parameters
        Plain values by name (model, threshold, k…), and what `PLAN`, `POLE`,
        `PROJECTS` and `VIEW` name.
    data_versions
        Name of a table to its version, as `data_versions` gives them.
    simulated
        French titles of the tables that were demonstration data.
    """

    name: str
    region: str
    note: str = ""
    sites: tuple[Site, ...] = ()
    departures: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data_versions: Mapping[str, str] = field(default_factory=dict)
    simulated: tuple[str, ...] = ()


def data_versions(territory: "Territory") -> dict[str, str]:
    """Return the versions that a scenario is made with: data, engine, vintage of each table."""
    versions = {"territoire": territory.version, "temps de trajet": territory.travel_time.version}
    return versions | {p.title: p.vintage for p in territory.provenance.values()}


def checked(draft: Draft) -> Draft:
    """Return a draft whose name is cleaned of blanks.

    Raises
    ------
    InvalidInputError
        The name is blank or too long, or the note too long.
    """
    name = plain(draft.name).strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise InvalidInputError(
            f"Donnez au scénario un nom d’au plus {NAME_CHARACTERS} caractères."
        )
    if len(draft.note) > NOTE_CHARACTERS:
        raise InvalidInputError(f"La note dépasse {NOTE_CHARACTERS} caractères.")
    return Draft(**{**fields_of(draft), "name": name})


def fields_of(draft: Draft) -> dict[str, Any]:
    """Return what a draft holds, by name."""
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def content_of(draft: Draft) -> dict[str, Any]:
    """Return a draft as it is stored; raises as `checked` and `plain`."""
    held = fields_of(checked(draft)) | {"sites": [asdict(site) for site in draft.sites]}
    return {name: plain(value) for name, value in held.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it, without the characters that PostgreSQL refuses.

    Raises
    ------
    InvalidInputError
        The value is no text, number, list or mapping of these.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise InvalidInputError(
        f"Le paramètre « {value} » ne peut pas être enregistré : texte, nombre ou liste attendus."
    )


def read(content: Mapping[str, Any]) -> Draft:
    """Return a draft from what is stored; what a newer version added to it is left aside.

    Raises
    ------
    UnavailableError
        What every version needs is not there.
    """
    try:
        known = _only(Draft, content)
        known["sites"] = tuple(Site(**_only(Site, site)) for site in content.get("sites", ()))
        known["simulated"] = tuple(content.get("simulated", ()))
        return Draft(**known)
    except (TypeError, AttributeError, ValueError) as error:
        raise UnavailableError(
            "Ce scénario est illisible : il a été écrit par une autre version, ou sa base est "
            "altérée. Mettez l’application à jour ou restaurez une sauvegarde."
        ) from error


def _only(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in content.items() if name in names}
