"""Protocol cases (P): what an address accepts, judged against a named profile of ciphers."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from golive.net.errors import ProbeError
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Finding, Unknown, table
from golive.tls import suites
from golive.tls.hello import EXTENDED_MASTER_SECRET, KEY_SHARE, RENEGOTIATION, VERSION_NAMES
from golive.tls.observation_protocols import ProtocolSurvey

PROTOCOL_CASES = table((
    ("P01", "!", "TLS 1.0 accepted"),
    ("P02", "!", "TLS 1.1 accepted"),
    ("P03", "·", "no TLS 1.3"),
    ("P04", "!", "SSLv3 accepted"),
    ("P05", "!", "CBC ciphers only"),
    ("P06", "!", "NULL cipher accepted"),
    ("P07", "!", "anonymous key exchange accepted"),
    ("P08", "!", "RC4 accepted"),
    ("P09", "!", "3DES, or another cipher outside the allowed list, accepted"),
    ("P10", "!", "static RSA key exchange only"),
    ("P11", "·", "static RSA key exchange accepted"),
    ("P12", "!", "finite-field group too small"),
    ("P13", "!", "weak curve, or one outside the allowed list, accepted"),
    ("P14", "!", "TLS compression"),
    ("P15", "!", "client-initiated renegotiation"),
    ("P16", "!", "no secure renegotiation (RFC 5746)"),
    ("P17", "·", "no extended master secret (RFC 7627)"),
    ("P18", "·", "0-RTT data accepted"),
    ("P19", "·", "no HTTP/2"),
    ("P20", "!", "client certificate demanded"),
    ("P21", "!", "no TLS on the TLS port"),
    ("P22", "!", "TLS port closed"),
    ("P23", "·", "no hybrid post-quantum key agreement"),
))  # fmt: skip

_ACCEPTED_AT_ALL = {
    "P01": ("TLSv1",), "P02": ("TLSv1.1",), "P04": ("SSLv3",), "P06": ("TLSv1.2 NULL",),
    "P07": ("TLSv1.2 anonymous",), "P08": ("TLSv1.2 RC4",),
    "P09": ("TLSv1.2 3DES", "TLSv1.2 export, DES, IDEA, SEED"),
    "P11": ("TLSv1.2 static RSA",), "P13": ("TLSv1.2 weak curves",),
}  # fmt: skip
_MODERN = ("TLSv1.2 AEAD", "TLSv1.3")
_GOOD = ("TLSv1.2 AEAD", "TLSv1.2 DHE", "TLSv1.2 CBC")
_COMPRESSIBLE = ("TLSv1.2 weak curves first", "TLSv1.2 CBC", "TLSv1.2 DHE", "TLSv1.2 static RSA")
_NEEDS = {
    "P03": ("TLSv1.3",), "P05": (*_MODERN, "TLSv1.2 CBC"),
    "P10": (*_MODERN, "TLSv1.2 CBC", "TLSv1.2 static RSA"), "P12": ("TLSv1.2 DHE",),
    "P14": ("TLSv1.2 weak curves first",), "P16": ("TLSv1.2 AEAD",), "P17": ("TLSv1.2 AEAD",),
    "P23": ("TLSv1.3 X25519MLKEM768",),
}  # fmt: skip
_REACHABLE = "make the address answer from where the suite runs"

Rule = Callable[[ProtocolSurvey], str | None]


def judge_protocols(
    surveys: Sequence[ProtocolSurvey],
    overrides: Mapping[str, CaseOverride] | None = None,
    *,
    allowed: suites.CipherProfile = suites.MOZILLA_INTERMEDIATE,
) -> CaseReport:
    """Judge every address of a host."""
    findings = [finding for survey in surveys for finding in _findings(survey, allowed)]
    unknown = [entry for survey in surveys for entry in _unknown(survey)]
    host = surveys[0].host if surveys else "no address"
    cases = PROTOCOL_CASES if surveys else ()
    return CaseReport(f"protocol cases of {host}", cases, findings, unknown, overrides or {})


def _findings(survey: ProtocolSurvey, allowed: suites.CipherProfile) -> Iterator[Finding]:
    if survey.closed:
        yield Finding("P22", "a TLS server", survey.closed, survey.target)
        return
    if survey.not_tls:
        yield Finding("P21", "TLS", survey.not_tls, survey.target)
        return
    for case, names in _ACCEPTED_AT_ALL.items():
        for name in names:
            if (seen := survey.accepted(name)) is not None:
                version = VERSION_NAMES.get(seen.answer.version or 0, "")
                observed = f"accepted ({version}, {suites.cipher_name(seen.answer.cipher)})"
                yield Finding(case, f"{name} refused ({allowed.name})", observed, survey.target)
    yield from _outside(survey, allowed)
    for case, (expected, rule) in _RULES.items():
        if words := rule(survey):
            yield Finding(case, expected, words, survey.target)
    first = survey.accepted("TLSv1.2 weak curves first")
    if first and first.answer.curve in suites.WEAK_GROUPS and not survey.accepted("TLSv1.2 weak curves"):
        yield Finding("P13", "no curve below 256 bits", f"curve {first.answer.curve}", survey.target)
    dhe = survey.accepted("TLSv1.2 DHE")
    bits = dhe.answer.dh_bits if dhe else None
    if bits is not None and bits < allowed.smallest_dh:
        expected = f"at least {allowed.smallest_dh} bits ({allowed.name})"
        yield Finding("P12", expected, f"{bits} bits", survey.target)


def _outside(survey: ProtocolSurvey, allowed: suites.CipherProfile) -> Iterator[Finding]:
    """What a demanded profile does not name, and a server takes; only asked where the profile demands it."""
    if (seen := survey.accepted("TLSv1.2 outside")) is not None:
        yield Finding("P09", f"only {allowed.name}", suites.cipher_name(seen.answer.cipher), survey.target)
    if (seen := survey.accepted("TLSv1.3 outside")) is not None:
        group = int.from_bytes(seen.answer.extensions.get(KEY_SHARE, b"")[:2], "big")
        yield Finding("P13", f"only {allowed.name}", suites.group_name(group), survey.target)


def _no_tls13(survey: ProtocolSurvey) -> str | None:
    return None if survey.accepted("TLSv1.3") else _refusal(survey, "TLSv1.3")


def _cbc_only(survey: ProtocolSurvey) -> str | None:
    cbc = survey.accepted("TLSv1.2 CBC")
    if cbc is None or any(survey.accepted(name) for name in _MODERN):
        return None
    return f"only CBC ({suites.cipher_name(cbc.answer.cipher)})"


def _static_only(survey: ProtocolSurvey) -> str | None:
    static = survey.accepted("TLSv1.2 static RSA")
    if static is None or any(survey.accepted(name) for name in (*_GOOD, "TLSv1.3")):
        return None
    return f"only static RSA ({suites.cipher_name(static.answer.cipher)})"


def _compression(survey: ProtocolSurvey) -> str | None:
    seen = [answer for name in _COMPRESSIBLE if (answer := survey.accepted(name))]
    return next((f"method {one.answer.compression}" for one in seen if one.answer.compression), None)


def _without(extension: int) -> Rule:
    def rule(survey: ProtocolSurvey) -> str | None:
        # Whichever handshake of TLS 1.2 came about: a server of CBC ciphers may lack it as well.
        seen = [answer for name in (*_GOOD, "TLSv1.2 static RSA") if (answer := survey.accepted(name))]
        missing = [answer for answer in seen if extension not in answer.answer.extensions]
        return "the ServerHello does not confirm it" if missing else None

    return rule


def _no_post_quantum(survey: ProtocolSurvey) -> str | None:
    return None if survey.accepted("TLSv1.3 X25519MLKEM768") else _refusal(survey, "TLSv1.3 X25519MLKEM768")


def _demanded(survey: ProtocolSurvey) -> str | None:
    asked = any(
        answer.answer.wants_certificate for name in _GOOD if (answer := survey.accepted(name)) is not None
    )
    if survey.demands_certificate or (asked and survey.demands_certificate is None):
        return "the session ends without one"
    return None


_RULES: dict[str, tuple[str, Rule]] = {
    "P03": ("TLS 1.3 accepted", _no_tls13),
    "P05": ("an AEAD cipher", _cbc_only),
    "P10": ("a key exchange with forward secrecy", _static_only),
    "P14": ("none", _compression),
    "P15": ("refused", lambda survey: "the server renegotiates" if survey.renegotiates else None),
    "P16": ("renegotiation_info", _without(RENEGOTIATION)),
    "P17": ("extended_master_secret", _without(EXTENDED_MASTER_SECRET)),
    "P18": (
        "no early data",
        lambda survey: f"{survey.early_data} bytes allowed" if survey.early_data else None,
    ),
    "P19": ("ALPN h2", lambda survey: "HTTP/1.1 only" if survey.http2 is False else None),
    "P20": ("anybody is served", _demanded),
    "P23": ("X25519MLKEM768 accepted", _no_post_quantum),
}


def _refusal(survey: ProtocolSurvey, name: str) -> str | None:
    asked = survey.offers.get(name)
    return None if asked is None or isinstance(asked, ProbeError) else asked.refusal


def _unknown(survey: ProtocolSurvey) -> Iterator[Unknown]:
    if survey.closed or survey.not_tls:
        for entry in PROTOCOL_CASES:
            if entry.id not in ("P21", "P22"):
                yield Unknown(entry.id, survey.closed or survey.not_tls, _REACHABLE)
        return
    answered = any(survey.accepted(name) for name in survey.offers)
    for case, names in (_ACCEPTED_AT_ALL | _NEEDS).items():
        failed = [asked for name in names if isinstance(asked := survey.offers.get(name), ProbeError)]
        if failed:
            yield Unknown(case, failed[0].message, _REACHABLE)
        elif not answered:
            # A server that refuses everything refuses old versions too, and that says nothing about them.
            yield Unknown(case, "the server accepts none of the offers", "make a TLS handshake possible")
    spoken = survey.accepted("TLSv1.2 AEAD") is not None
    if survey.renegotiates is None and spoken:
        yield Unknown("P15", "no TLS 1.2 session of the suite's own came about", "allow ECDHE with AES-GCM")
    if survey.early_data is None and _refusal(survey, "TLSv1.3") is None:  # without TLS 1.3 there is none
        yield Unknown("P18", "no TLS 1.3 session of the suite's own came about", "allow X25519 or P-256")
    if survey.http2 is None:
        yield Unknown("P19", "no handshake came about", _REACHABLE)
    if survey.demands_certificate is None:
        yield Unknown("P20", "no session came about", _REACHABLE)
