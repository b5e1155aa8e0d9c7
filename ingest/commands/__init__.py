"""One module a command. What takes long to import is imported by the command that needs it."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
