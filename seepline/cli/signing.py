"""What the commands share that sign or show what was signed: passphrases, keys, and a bundle on the screen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.problems import NOT_POSSIBLE, refused

if TYPE_CHECKING:
    from seepline.bundle.document import Bundle
    from seepline.bundle.policy import Policy
    from seepline.signing_key import SigningKey

T = TypeVar("T")

PassphraseFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Holds the key's passphrase; without it, it is asked for.")
]
PolicyFile = Annotated[Path, typer.Option(metavar="POLICY.toml", help="Who may approve what.")]


def guarded(work: Callable[[], T]) -> T:
    """Do something with keys or a policy; a failure ends with one sentence, a policy's problems are all said."""
    try:
        from seepline.bundle.policy import PolicyError
        from seepline.signing_key import SigningKeyError
    except ModuleNotFoundError as error:
        text = f"This needs the package {error.name}: pip install 'seepline[collector]' or 'seepline[gateway]'"
        raise refused(text, NOT_POSSIBLE) from error
    try:
        return work()
    except SigningKeyError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    except PolicyError as error:
        raise refused("\n".join(str(problem) for problem in error.problems)) from error


def passphrase(path: Path, file: Path | None) -> str:
    """Return the passphrase of a key: the first line of a file, else what is typed, twice for a new key."""
    if file is None:
        new = not path.exists()
        return str(typer.prompt(f"Passphrase of {path}", hide_input=True, confirmation_prompt=new, err=True))
    try:
        return file.read_text(encoding="utf-8").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise refused(f"--passphrase-file {file} cannot be read or is empty.") from error


def new_key(path: Path, file: Path | None) -> None:
    """Make a key file and say its public half."""

    def work() -> "SigningKey":
        from seepline.signing_key import make

        return make(path, passphrase(path, file))

    public = guarded(work).public.hex()
    typer.echo(f'{path} and {path.name}.pub written; for the policy file:\npublic_key = "{public}"')


def opened_key(path: Path, file: Path | None) -> "SigningKey":
    """Return the key of a file."""

    def work() -> "SigningKey":
        from seepline.signing_key import load

        return load(path, passphrase(path, file))

    return guarded(work)


def policy_or_exit(path: Path) -> "Policy":
    """Return the policy of a file, or print everything that is wrong with it and exit with code 2."""

    def work() -> "Policy":
        from seepline.bundle.policy import read_policy

        return read_policy(path)

    return guarded(work)


def show(bundle: "Bundle", verdict: str, as_json: bool) -> None:
    """Print what a bundle says, and what a check of it said."""
    if as_json:
        approvals = [
            {"set": one.set, "person": one.person, "signed_at": one.signed_at} for one in bundle.approvals
        ]
        about: dict[str, Any] = {
            "number": bundle.number,
            "made_at": bundle.made_at,
            "site": bundle.site_id,
            "policy": bundle.policy,
        }
        decided = [{"set": one.set, "effective_ms": one.effective_ms} for one in bundle.decided]
        about |= {"approvals": approvals, "decided": decided, "acts": len(bundle.acts), "verdict": verdict}
        typer.echo(json.dumps(about, indent=2))
        return
    from seepline.bundle.document import time_text

    table = Table(title=f"Bundle {bundle.number} of site {bundle.site_id}, made {bundle.made_at}", caption=verdict)
    for heading in ("set of limits", "approved by", "signed at"):
        table.add_column(heading)
    for one in bundle.approvals:
        table.add_row(one.set, one.person, one.signed_at)
    for each in bundle.decided:
        table.add_row(each.set, f"decided, by {len(bundle.acts)} acts in it", time_text(each.effective_ms))
    Console().print(table)


def read_bundle_or_exit(path: Path) -> tuple[bytes, "Bundle"]:
    """Return the bytes of a bundle and what they say, nothing of it checked."""
    from seepline.bundle import document
    from seepline.bundle.errors import BundleError

    try:
        data = path.read_bytes()
        return data, document.read(document.opened(data)[1])
    except FileNotFoundError as error:
        raise refused(f"{path}: no bundle is there yet") from error
    except OSError as error:
        raise refused(f"{path} cannot be read ({error.strerror})", NOT_POSSIBLE) from error
    except BundleError as error:
        raise refused(f"{path}: {error}", NOT_POSSIBLE) from error


def verdict_of(data: bytes, policy_file: Path | None) -> str:
    """Return what the check of a bundle says, whatever its number."""
    if policy_file is None:
        return "not checked: give --policy"
    policy = policy_or_exit(policy_file)
    from seepline.bundle.errors import BundleError
    from seepline.bundle.verification import verify

    try:
        verify(data, policy, 0)
    except BundleError as error:
        return f"refused: {error}"
    return "every signature is good"
