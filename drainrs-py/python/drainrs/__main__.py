"""The program: ``python -m drainrs report app.log`` is ``drainrs report app.log``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from . import _native


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program with these arguments (those of the process unless told) and gives its exit status."""
    own = list(sys.argv[1:] if arguments is None else arguments)
    # What ends a program ends this one: while it runs, Python would only take note of the signal.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        return _native.run(["drainrs", *own])
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
