"""`python -m rehearsal.people.tamper FILE`: what a fault does to records after they were signed.

It writes what golive's own commands refuse to write, with OpenSSH itself: records that were altered, signed
by a stranger, or are genuine and of another release, environment or time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_SECONDS = 10


def main(file: Path) -> None:
    """Do everything that the document says."""
    document = json.loads(file.read_text(encoding="utf-8"))
    for tampering in document["tamperings"]:
        _tamper(tampering, Path(document["records"]), Path(document["keys"]))
    for path, text in document["changed"].items():
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(text)


def _tamper(tampering: dict[str, Any], records: Path, keys: Path) -> None:
    (path,) = records.glob(f"{tampering['record']}*.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    for key, value in tampering["changes"].items():
        record[key] = _instant(value) if key in ("at", "expires") else value
    target = records / tampering["name"] if tampering["name"] else path
    payload = json.dumps(record, indent=2).encode() + b"\n"
    target.write_bytes(payload)
    signature = Path(f"{target}.sig")
    if tampering["unsigned"]:
        signature.unlink(missing_ok=True)
    elif tampering["signed_by"] is not None:
        kind = "decision" if "decision" in record else "attestation"
        namespace = f"golive-{kind}@{record['environment']}"
        signature.write_bytes(_sign(payload, keys / tampering["signed_by"], namespace))


def _sign(payload: bytes, key: Path, namespace: str) -> bytes:
    command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(key)]
    return subprocess.run(command, input=payload, capture_output=True, timeout=_SECONDS, check=True).stdout


def _instant(seconds_from_now: float) -> str:
    instant = datetime.now(UTC) + timedelta(seconds=seconds_from_now)
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
