"""A program that stands for an environment whose faults can be switched: it has nothing but its facts.

The faults that are on stand in the profile's title, where checks find them. Some names do more: ``dies``
ends it, ``dies-later`` soon after, ``refused`` is answered with an error, ``sticky`` stays on for ever,
``deaf`` is not answered, ``another-secret`` changes the secret. With ``--old`` it knows no switching.
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--old", action="store_true")
    options = parser.parse_args()
    _write(options.facts, [], None if options.old else {"number": 0, "faults": []})
    stuck: set[str] = set()
    for line in sys.stdin:
        order = json.loads(line)
        number, faults = order["switch"], order["faults"]
        if "deaf" in faults:
            continue
        if "dies" in faults:
            sys.stderr.write("out of memory\n")
            sys.exit(7)
        if "dies-later" in faults:
            threading.Timer(0.5, os._exit, [9]).start()
        if "refused" in faults:
            _write(options.facts, [], {"number": number, "error": "there is no fault 'refused'"})
            continue
        stuck |= {"sticky"} & set(faults)
        on = sorted({*faults, *stuck})
        said = {"number": number, "faults": on, "touched": ["all of it"], "seconds": 0.25}
        _write(options.facts, on, said)


def _write(path: Path, faults: list[str], switch: dict[str, object] | None) -> None:
    secret = "second-secret-value-77" if "another-secret" in faults else "first-secret-value-33"
    facts = {"profile": {"title": " ".join(["Mini", *faults])}, "secrets": {"MINI_CANARY": secret}}
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(facts | ({"switch": switch} if switch else {})), encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
