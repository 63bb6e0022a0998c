"""`seepline surface`: a table of factors of safety as an engineer looks at it before signing."""

from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli import app
from seepline.cli.problems import SiteFile, read_site_or_exit, refused

if TYPE_CHECKING:
    from seepline.derive.stability import Surface
    from seepline.site_derived import Derived


@app.command()
def surface(
    site_file: SiteFile,
    point: Annotated[str, typer.Argument(metavar="POINT", help="Point of the factor of safety.")],
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="NAME=VALUE", help="An input held there; else in the middle of its axis."),
    ] = None,
    safety: Annotated[
        list[float] | None, typer.Option(metavar="FACTOR", help="Tell where the table reads so much.")
    ] = None,
) -> None:
    """Show a response surface: by which analysis, its box, and what signs it (an act of the engineer of record).

    With --safety also the value of each input at which the table reads that factor, the others as they are.
    """
    from seepline.derive.declared import surface_of
    from seepline.derive.evaluation import inputs_of

    site = read_site_or_exit(site_file)
    declared = [one for one in site.derived if (one.formula, one.point) == ("factor_of_safety", point)]
    if not declared:
        raise refused(f"{point!r} has no [[derived]] with the formula factor_of_safety.")
    for one in declared:
        table = surface_of(one.parameters, {name: key[1] for name, key in inputs_of(one).items()})
        typer.echo("\n".join((*_words(one, table), *_places(table, _held(table, at or []), safety or []))))
        typer.echo(_to_sign(site.info.id, one))


def _words(one: "Derived", table: "Surface") -> list[str]:
    told = one.parameters
    about = (
        f"{told['method']}, {told['condition']}, {told['material']}, {told['analysed_on']}, {told['signed_by']}"
    )
    box = [f"  {name} ({one.inputs[name]}): {axis[0]:g} to {axis[-1]:g}" for name, axis in table.axes.items()]
    spans = f"  factors of safety from {min(table.values):g} to {max(table.values):g}"
    return [f"{one.point} {one.label}: {about}", f"  for the ground of {told['geometry_from']}", *box, spans]


def _held(table: "Surface", given: list[str]) -> dict[str, float]:
    held = {name: axis[len(axis) // 2] for name, axis in table.axes.items()}
    for text in given:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            raise refused(f"--at {text!r}: expected NAME=VALUE with a number") from None
        if name not in held or not table.axes[name][0] <= number <= table.axes[name][-1]:
            raise refused(f"--at {text!r}: expected {', '.join(held)} within its axis")
        held[name] = number
    return held


def _places(table: "Surface", held: dict[str, float], wanted: list[float]) -> list[str]:
    from seepline.derive.stability import input_at

    lines = []
    for factor in wanted:
        for name in table.axes:
            place = input_at(table, name, held, factor)
            others = ", ".join(f"{other} = {value:g}" for other, value in held.items() if other != name)
            found = "nowhere within its axis" if place is None else f"at {name} = {place:.4g}"
            lines.append(f"  {factor:g} {found}" + (f", with {others}" if others else ""))
    return lines


def _to_sign(site: str, one: "Derived") -> str:
    from seepline.derive.stability import digest

    return (
        f"To sign it: seepline act response_surface point={one.point} version={one.version} \\\n"
        f"  digest={digest(site, one)} reason=... \\\n"
        f"  --key FILE --person YOU --site {site} --to URL"
    )
