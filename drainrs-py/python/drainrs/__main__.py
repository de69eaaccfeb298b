"""The program: ``python -m drainrs report app.log`` is ``drainrs report app.log``."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence

from . import _native


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program with these arguments (those of the process unless told) and gives its exit status."""
    if isinstance(arguments, str):
        raise TypeError("arguments are a list, such as ['report', 'app.log']; a str is one of them")
    own = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by the caller
            stream.flush()
    # What ends a program ends this one: while it runs, Python would only take note of the signal.
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_DFL) if is_main else None
    try:
        return _native.run(["drainrs", *own])
    finally:
        if is_main:
            signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
