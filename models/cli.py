"""`proxisoins risk`: train, predict, report."""

import typer

app = typer.Typer(help="Risque de perdre le dernier médecin généraliste.", no_args_is_help=True)


@app.callback()
def risk() -> None:
    """Risque de perdre le dernier médecin généraliste."""
