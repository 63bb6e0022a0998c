"""`seepline collector bundle` and `service-key`: what gateways are told of site and limits, signed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.collector import Data
from seepline.cli.collector import app as collector_app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, refused
from seepline.cli.signing import (
    PassphraseFile,
    PolicyFile,
    new_key,
    opened_key,
    policy_or_exit,
    read_bundle_or_exit,
    show,
    verdict_of,
)
from seepline.site_file import SiteError

app = typer.Typer(no_args_is_help=True, help="The signed bundle that gateways fetch.")
collector_app.add_typer(app, name="bundle")


@collector_app.command("service-key")
def service_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the key that signs bundles, encrypted; its public half goes into the policy file of every gateway."""
    new_key(file, passphrase_file)


@app.command()
def make(
    site_file: SiteFile,
    data: Data,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The service key.")],
    policy: PolicyFile,
    approvals: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="What `seepline sign` wrote; without it `approvals` beside SITE.toml."),
    ] = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="Its number, when the last bundle was lost; it must be higher.")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the next bundle, check it as a gateway will, and put it where gateways fetch it."""
    rules, opened = policy_or_exit(policy), opened_key(key, passphrase_file)
    from collector import bundle
    from seepline.bundle.errors import BundleError

    made_ms = int(
        datetime.now(UTC).timestamp() * 1000
    )  # a person's act, as the signatures are: no exercise's clock
    folder = approvals or site_file.parent / "approvals"
    try:
        text = site_file.read_text(encoding="utf-8")
        path = data / bundle.FILE_NAME
        made = bundle.make(path, text, folder, rules, opened, made_ms, number)
    except SiteError as error:
        raise refused("\n".join(str(problem) for problem in error.problems)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"{site_file} cannot be read ({error})") from error
    except (BundleError, bundle.BundleNotMadeError) as error:
        raise refused(f"No bundle was made: {error}", NOT_POSSIBLE) from error
    typer.echo(f"bundle {made.bundle.number} of site {made.bundle.site_id} is ready for its gateways")


@app.command("show")
def show_bundle(
    data: Data,
    policy: Annotated[Path | None, typer.Option(metavar="POLICY.toml", help="Check it by this policy.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show the bundle that gateways are given: number, sets, who approved them when."""
    content, bundle = read_bundle_or_exit(data / "bundle")
    show(bundle, verdict_of(content, policy), as_json)
