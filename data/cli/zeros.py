"""`proxisoins confirm`: say that zeros of counts of GPs are true, or take it back."""

from typing import Annotated

import typer

from geo.errors import InvalidInputError


def confirm(
    code: Annotated[
        str, typer.Argument(help="Code INSEE de la commune ; sans lui, la liste.")
    ] = "",
    year: Annotated[
        int | None, typer.Argument(metavar="ANNEE", help="Année du zéro ; sans elle, toutes.")
    ] = None,
    *,
    back: Annotated[
        bool, typer.Option("--annuler", help="Reprendre une confirmation : de nouveau à vérifier.")
    ] = False,
) -> None:
    """Tient pour vrais les zéros à vérifier d’une commune (dix médecins ou plus, puis aucun).

    Sans commune, dit les zéros à vérifier et ceux qui sont confirmés, dans toute la France.
    """
    from data.region import catalogue, confirmed_zeros

    doubted, known = catalogue.doubted_zeros_in_place(), confirmed_zeros.confirmed()
    if not code:
        if back:
            raise InvalidInputError("Dites de quelle commune reprendre la confirmation.")
        for fall in doubted:
            typer.echo(f"à vérifier {fall.told()}")
        for confirmation in known.values():
            typer.echo(f"confirmé   {confirmation.told}")
        over = confirmed_zeros.taken_back()
        for confirmation in over:
            typer.echo(f"repris     {confirmation.told}")
        if not (doubted or known or over):
            typer.echo("Aucun zéro à vérifier, aucun confirmé.")
        return
    falls = [one.fall for one in known.values()] if back else doubted
    found = [one for one in falls if one.code == code and year in {None, one.year}]
    if not found:
        when = f" en {year}" if year else ""
        what = "n’est confirmé" if back else "n’est à vérifier"
        raise InvalidInputError(
            f"Aucun zéro de la commune {code}{when} {what} : « proxisoins confirm » les liste."
        )
    if back:
        confirmed_zeros.take_back((one.code, one.year) for one in found)
    else:
        confirmed_zeros.confirm(found)
    for one in found:
        said = "de nouveau à vérifier, inconnu d’ici là" if back else "confirmé, compté zéro"
        typer.echo(f"{one.told()} : {said}.")
