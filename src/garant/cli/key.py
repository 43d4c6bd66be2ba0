"""`garant key new | show`: keys that sign bundles."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.parameters import OutputOption
from garant.cli.show import print_rows, say

if TYPE_CHECKING:
    from garant.keys import PublicKey

KeyArgument = Annotated[Path, Parameter(name="FILE", help="File of the private key.")]


def new_key(file: KeyArgument, /, *, output: OutputOption = "table") -> int:
    """Make an Ed25519 private key, readable by you alone, and print its public key.

    Who has the file can sign in your name: keep it off the machines that only use bundles. It opens no service: a key
    to ask the decision service with is made by `garant key create`.

    Example: garant key new release.key
    """
    from garant.keys import new_key as new

    public = new(file).public
    _print(public, output)
    if output == "table":
        say(f"{file}: private key written, mode 0600. Keep it secret and keep a copy: it cannot be made again.")
        say(f'Where its bundles are used, garant.toml must say: trusted_keys = ["{public.text}"]')
    return 0


def show_key(file: KeyArgument, /, *, output: OutputOption = "table") -> int:
    """Show the public key and the key id of a private key.

    Example: garant key show release.key
    """
    from garant.keys import read_key

    _print(read_key(file).public, output)
    return 0


def _print(public: "PublicKey", output: OutputOption) -> None:
    if output == "table":
        # Lines and no table: a key that is folded at the edge of the terminal is no key.
        say(f"key id      {public.id}")
        say(f"public key  {public.text}")
    else:
        print_rows([{"key_id": public.id, "public_key": public.text}], output=output)
