"""Writes the files of format 2 of this folder anew: ``python -m tests.certificates.make``.

Beside NAME.certificate stands NAME.txt, one line: the reason, `` | ``, and words that
``leafproof check`` prints for it. A file dropped into a folder by hand is a test too, and is kept.
The files of format 1 are old: they are read for ever, and never written again.
"""

from __future__ import annotations

from pathlib import Path

from tests.certificates import (
    invalid_files,
    invalid_matters,
    malformed_files,
    malformed_matters,
    valid_files,
    valid_matters,
)

FOLDER = Path(__file__).parent
MAKERS = {"valid": valid_matters, "invalid": invalid_matters, "malformed": malformed_matters}
FIRST = {"valid": valid_files, "invalid": invalid_files, "malformed": malformed_files}
"""How the files of format 1 were made."""


def main():
    for folder, module in MAKERS.items():
        (FOLDER / folder).mkdir(exist_ok=True)
        made = module.files()
        assert not set(made) & set(FIRST[folder].files()), "a file of format 1 has that name"
        for name, (data, reason, says) in made.items():
            assert "\n" not in reason + says and " | " not in reason + says
            (FOLDER / folder / f"{name}.certificate").write_bytes(data)
            (FOLDER / folder / f"{name}.txt").write_text(f"{reason} | {says}\n", "utf-8")
        print(f"{folder}: {len(made)} files, {sum(len(m[0]) for m in made.values())} bytes")


if __name__ == "__main__":
    main()
