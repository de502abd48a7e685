"""Makes an NSS database that trusts given roots: ``python -m golive.browser.nss_database FOLDER ROOTS``.

It runs in a process of its own, because NSS keeps state in the process, and because a missing library
then ends nothing else. The calls are those of NSS's own certutil (``-N --empty-password``, ``-A -t C,,``).
"""

import ctypes
import ctypes.util
import re
import ssl
import sys
from pathlib import Path

_TRUSTED_TO_ISSUE = 0x18
"""CERTDB_VALID_CA | CERTDB_TRUSTED_CA."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class _Trust(ctypes.Structure):
    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("code", ctypes.c_uint))


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_int), ("data", ctypes.c_void_p), ("length", ctypes.c_uint))


def make_database(folder: Path, roots: Path) -> None:
    """Create the database in the existing ``folder`` and trust every root for servers.

    Raises:
        OSError: libnss3 cannot be loaded, or refuses; the message says which call.
        ValueError: there is no certificate in ``roots``.
    """
    certificates = [ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(roots.read_text(encoding="ascii"))]
    if not certificates:
        raise ValueError(f"{roots}: no certificate")
    nss = ctypes.CDLL(ctypes.util.find_library("nss3") or "libnss3.so")
    pointers = ("PK11_GetInternalKeySlot", "CERT_NewTempCertificate", "CERT_GetDefaultCertDB")
    for name in pointers:
        getattr(nss, name).restype = ctypes.c_void_p
    _check(nss.NSS_InitReadWrite(f"sql:{folder}".encode()), "NSS_InitReadWrite")
    slot = ctypes.c_void_p(nss.PK11_GetInternalKeySlot())
    if nss.PK11_NeedUserInit(slot):
        _check(nss.PK11_InitPin(slot, None, b""), "PK11_InitPin")
    store = ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
    for number, der in enumerate(certificates):
        item = _Item(0, ctypes.cast(ctypes.c_char_p(der), ctypes.c_void_p), len(der))
        # Of libnss3 itself: CERT_DecodeCertFromPackage is libsmime3's, which need not be there.
        certificate = ctypes.c_void_p(nss.CERT_NewTempCertificate(store, ctypes.byref(item), None, 0, 1))
        if not certificate:
            raise OSError("CERT_NewTempCertificate failed")
        nickname = f"golive-{number}".encode()
        _check(nss.PK11_ImportCert(slot, certificate, ctypes.c_ulong(0), nickname, 0), "PK11_ImportCert")
        trust = _Trust(_TRUSTED_TO_ISSUE, 0, 0)
        _check(nss.CERT_ChangeCertTrust(store, certificate, ctypes.byref(trust)), "CERT_ChangeCertTrust")
        nss.CERT_DestroyCertificate(certificate)
    nss.PK11_FreeSlot(slot)
    _check(nss.NSS_Shutdown(), "NSS_Shutdown")


def _check(result: int, call: str) -> None:
    if result != 0:
        raise OSError(f"{call} failed")


if __name__ == "__main__":
    make_database(Path(sys.argv[1]), Path(sys.argv[2]))
