"""Where the console script begins: Ctrl-C is one line also while the command is being loaded."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line and end the process with its exit code; 130 where that is interrupted.

    Nothing is imported before that could be interrupted for long.
    """
    try:
        from verifier.cli.main import main as run

        run()
    except KeyboardInterrupt:
        os.write(2, b"leafproof: interrupted\n")
        os._exit(130)  # not through what is half loaded
