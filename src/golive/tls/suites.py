"""Cipher suites and groups by what is wrong with them, and Mozilla's profile as data.

Names and numbers are IANA's. https://www.iana.org/assignments/tls-parameters
"""

from dataclasses import dataclass

AEAD_ECDHE = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF)
AEAD_DHE = (0x009E, 0x009F, 0xCCAA, 0xC09E, 0xC09F)
CBC_ECDHE = (0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028)
CBC_DHE = (0x0033, 0x0039, 0x0067, 0x006B, 0x0045, 0x0088, 0x00BE, 0x00C4)
STATIC_RSA = (0x002F, 0x0035, 0x003C, 0x003D, 0x0041, 0x0084, 0x009C, 0x009D, 0xC09C, 0xC09D, 0x0096)
NULL = (0x0001, 0x0002, 0x003B, 0xC001, 0xC006, 0xC00B, 0xC010, 0x002C, 0x002D, 0x002E, 0x00B0, 0x00B4)
ANONYMOUS = (
    0x0018, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7, 0x0046, 0x0089,
    0xC015, 0xC016, 0xC017, 0xC018, 0xC019,
)  # fmt: skip
RC4 = (0x0004, 0x0005, 0xC007, 0xC011, 0xC002, 0xC00C, 0x0066, 0x0020, 0x0024, 0x008A)
TRIPLE_DES = (0x000A, 0x0016, 0xC008, 0xC012, 0xC003, 0xC00D, 0x000D, 0x0010, 0x001F, 0x008B)
OTHER_WEAK = (
    0x0003, 0x0006, 0x0007, 0x0008, 0x0009, 0x000B, 0x000C, 0x000E, 0x000F, 0x0011, 0x0012, 0x0013, 0x0014,
    0x0015, 0x0017, 0x0019, 0x001A, 0x0060, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0x0099, 0x009A,
)  # fmt: skip
"""Export grades, DES, RC2, IDEA and SEED."""
TLS13_SUITES = (0x1301, 0x1302, 0x1303)
OTHER_AEAD = (0xC05C, 0xC05D, 0xC060, 0xC061, 0xC086, 0xC087, 0xC08A, 0xC08B, 0xC0A0, 0xC0A1)
"""ARIA, Camellia and short CCM: sound, and unusual."""

BROKEN = (*NULL, *ANONYMOUS, *RC4, *TRIPLE_DES, *OTHER_WEAK)
"""What no server may take. Refused together, each of them is refused."""

EVERYTHING = (
    *AEAD_ECDHE, *AEAD_DHE, *CBC_ECDHE, *CBC_DHE, *STATIC_RSA,
    *TRIPLE_DES, *RC4, *ANONYMOUS, *NULL, *OTHER_WEAK,
)  # fmt: skip

WEAK_GROUPS = tuple(group for group in range(1, 23) if group not in (9, 10, 11, 12, 13, 14, 22))
"""Curves of less than 256 bits: sect163 to sect239, secp160 to secp224."""
X25519, P256, P384, P521, X448 = 29, 23, 24, 25, 30
X25519MLKEM768 = 0x11EC
GROUPS_TLS13 = (P521, X448, P384, X25519, P256, 256, 257, 258, 259, 260)
"""Those of RFC 8446, 4.2.7: what is least usual first."""

CIPHER_NAMES = {
    0x0004: "RC4-MD5", 0x0005: "RC4-SHA", 0x000A: "DES-CBC3-SHA", 0x002F: "AES128-SHA",
    0x0035: "AES256-SHA", 0x003B: "NULL-SHA256", 0x0002: "NULL-SHA", 0x009C: "AES128-GCM-SHA256",
    0x009D: "AES256-GCM-SHA384", 0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256", 0xC02B: "ECDHE-ECDSA-AES128-GCM-SHA256",
    0xC02F: "ECDHE-RSA-AES128-GCM-SHA256",
}  # fmt: skip


def cipher_name(number: int) -> str:
    """Return a suite's usual name, or its number."""
    return CIPHER_NAMES.get(number, f"cipher 0x{number:04X}")


GROUP_NAMES = {
    P256: "P-256", P384: "P-384", P521: "P-521", X25519: "X25519", X448: "X448",
    X25519MLKEM768: "X25519MLKEM768",
    256: "ffdhe2048", 257: "ffdhe3072", 258: "ffdhe4096", 259: "ffdhe6144", 260: "ffdhe8192",
}  # fmt: skip


def group_name(number: int) -> str:
    """Return a group's usual name, or its number."""
    return GROUP_NAMES.get(number, f"group {number}")


@dataclass(frozen=True, slots=True)
class CipherProfile:
    """Which versions and suites a server may speak."""

    name: str
    versions: frozenset[int]
    ciphers: frozenset[int]
    groups: frozenset[int]
    smallest_dh: int

    def other_ciphers(self) -> tuple[int, ...]:
        """Suites up to TLS 1.2 that it does not allow."""
        return tuple(cipher for cipher in (*EVERYTHING, *OTHER_AEAD) if cipher not in self.ciphers)

    def other_groups(self) -> tuple[int, ...]:
        """Groups of TLS 1.3 that it does not allow."""
        return tuple(group for group in GROUPS_TLS13 if group not in self.groups)


MOZILLA_INTERMEDIATE = CipherProfile(
    name="Mozilla intermediate 5.7",
    versions=frozenset({0x0303, 0x0304}),
    ciphers=frozenset({
        0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009E, 0x009F, 0xCCAA,
    }),
    groups=frozenset({X25519, P256, P384, X25519MLKEM768}),
    smallest_dh=2048,
)  # fmt: skip
"""https://ssl-config.mozilla.org/guidelines/5.7.json, configuration "intermediate": tls_versions, ciphers
and ciphersuites, tls_curves, dh_param_size. X25519MLKEM768 is younger than it, and welcome."""

CIPHER_PROFILES = {"mozilla-intermediate-5.7": MOZILLA_INTERMEDIATE}
"""Name in an environment's profile to what may be spoken."""
