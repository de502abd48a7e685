"""Protocol cases (P): what an address accepts, judged against a named profile of ciphers."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from golive.core.outcome import Unseen
from golive.net.errors import ProbeError
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Wrong
from golive.rules.declared import Cases, Results, report
from golive.tls import suites
from golive.tls.hello import EXTENDED_MASTER_SECRET, KEY_SHARE, RENEGOTIATION, VERSION_NAMES
from golive.tls.observation_protocols import ProtocolSurvey
from golive.tls.suites import CipherProfile

_MODERN = ("TLSv1.2 AEAD", "TLSv1.3")
_GOOD = ("TLSv1.2 AEAD", "TLSv1.2 DHE", "TLSv1.2 CBC")
_COMPRESSIBLE = ("TLSv1.2 weak curves first", "TLSv1.2 CBC", "TLSv1.2 DHE", "TLSv1.2 static RSA")
_REACHABLE = "make the address answer from where the suite runs"
_EXTENSIBLE = (*_GOOD, "TLSv1.2 static RSA")

Rule = Callable[[ProtocolSurvey, CipherProfile], Results]
Need = Callable[[ProtocolSurvey, CipherProfile], Iterator[Unseen]]


def _spoken(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
    if survey.closed or survey.not_tls:
        yield Unseen(survey.closed or survey.not_tls, _REACHABLE)


PORT: Cases[ProtocolSurvey, [CipherProfile]] = Cases(
    ProtocolSurvey, place=lambda survey: survey.target, host=lambda survey: survey.host
)
"""Asked of the port."""
SPOKEN: Cases[ProtocolSurvey, [CipherProfile]] = Cases(
    ProtocolSurvey,
    first=_spoken,
    place=lambda survey: survey.target,
    host=lambda survey: survey.host,
)
"""Asked where TLS is spoken."""


def _offers(*names: str) -> Need:
    """Each of these offers was answered, and some offer was accepted."""

    def need(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
        asked = [survey.offers.get(name) for name in names]
        failed = [one for one in asked if isinstance(one, ProbeError)]
        if failed:
            yield Unseen(failed[0].message, _REACHABLE)
        elif not any(survey.accepted(name) for name in survey.offers):
            # A server that refuses everything refuses old versions too, and that says nothing about them.
            yield Unseen("the server accepts none of the offers", "make a TLS handshake possible")
        elif None in asked:
            yield Unseen(f"{names[asked.index(None)]} was not offered", "have the probe offer it")

    return need


def _renegotiation(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
    if survey.renegotiates is None and survey.accepted("TLSv1.2 AEAD") is not None:
        yield Unseen(
            "no TLS 1.2 session of the suite's own came about",
            "allow ECDHE with AES-GCM or ChaCha20, and X25519, P-256, P-384 or P-521",
        )


def _ticket(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
    if survey.early_data is None and _refusal(survey, "TLSv1.3") is None:  # without TLS 1.3 there is none
        yield Unseen(
            "no TLS 1.3 session of the suite's own came about", "allow X25519, P-256, P-384 or P-521"
        )


def _alpn(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
    if survey.http2 is None:
        yield Unseen("no handshake came about", _REACHABLE)


def _session(survey: ProtocolSurvey, _: CipherProfile) -> Iterator[Unseen]:
    if survey.demands_certificate is None:
        yield Unseen("no session came about", _REACHABLE)


def _taken(survey: ProtocolSurvey, allowed: CipherProfile, *names: str) -> Iterator[Wrong]:
    """Say of each of these offers that it was accepted, though nobody should accept it."""
    for name in names:
        if (seen := survey.accepted(name)) is not None:
            version = VERSION_NAMES.get(seen.answer.version or 0, "")
            observed = f"accepted ({version}, {suites.cipher_name(seen.answer.cipher)})"
            yield Wrong(f"{name} refused ({allowed.name})", observed)


def _refused(*names: str) -> Rule:
    def rule(survey: ProtocolSurvey, allowed: CipherProfile) -> Results:
        yield from _taken(survey, allowed, *names)

    return rule


def _without(extension: int, name: str) -> Rule:
    def rule(survey: ProtocolSurvey, _: CipherProfile) -> Results:
        # Whichever handshake of TLS 1.2 came about: a server of CBC ciphers may lack it as well.
        seen = [answer for each in _EXTENSIBLE if (answer := survey.accepted(each))]
        if any(extension not in answer.answer.extensions for answer in seen):
            yield Wrong(name, "the ServerHello does not confirm it")

    return rule


def _missing(offer: str, name: str) -> Rule:
    def rule(survey: ProtocolSurvey, _: CipherProfile) -> Results:
        refusal = None if survey.accepted(offer) else _refusal(survey, offer)
        if refusal:
            yield Wrong(f"{name} accepted", refusal)

    return rule


SPOKEN.case("P01", "blocking", "TLS 1.0 accepted", needs=(_offers("TLSv1"),))(_refused("TLSv1"))
SPOKEN.case("P02", "blocking", "TLS 1.1 accepted", needs=(_offers("TLSv1.1"),))(_refused("TLSv1.1"))
SPOKEN.case("P03", "advisory", "no TLS 1.3", needs=(_offers("TLSv1.3"),))(_missing("TLSv1.3", "TLS 1.3"))
SPOKEN.case("P04", "blocking", "SSLv3 accepted", needs=(_offers("SSLv3"),))(_refused("SSLv3"))


@SPOKEN.case("P05", "blocking", "CBC ciphers only", needs=(_offers(*_MODERN, "TLSv1.2 CBC"),))
def _cbc_only(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    cbc = survey.accepted("TLSv1.2 CBC")
    if cbc is not None and not any(survey.accepted(name) for name in _MODERN):
        yield Wrong("an AEAD cipher", f"only CBC ({suites.cipher_name(cbc.answer.cipher)})")


SPOKEN.case("P06", "blocking", "NULL cipher accepted", needs=(_offers("TLSv1.2 NULL"),))(
    _refused("TLSv1.2 NULL")
)
SPOKEN.case("P07", "blocking", "anonymous key exchange accepted", needs=(_offers("TLSv1.2 anonymous"),))(
    _refused("TLSv1.2 anonymous")
)
SPOKEN.case("P08", "blocking", "RC4 accepted", needs=(_offers("TLSv1.2 RC4"),))(_refused("TLSv1.2 RC4"))


@SPOKEN.case(
    "P09",
    "blocking",
    "3DES, or another cipher outside the allowed list, accepted",
    needs=(_offers("TLSv1.2 3DES", "TLSv1.2 export, DES, IDEA, SEED"),),
)
def _outdated(survey: ProtocolSurvey, allowed: CipherProfile) -> Results:
    yield from _taken(survey, allowed, "TLSv1.2 3DES", "TLSv1.2 export, DES, IDEA, SEED")
    # Only offered where the profile demands that nothing else is taken.
    if (seen := survey.accepted("TLSv1.2 outside")) is not None:
        yield Wrong(f"only {allowed.name}", suites.cipher_name(seen.answer.cipher))


@SPOKEN.case(
    "P10",
    "blocking",
    "static RSA key exchange only",
    needs=(_offers(*_MODERN, "TLSv1.2 CBC", "TLSv1.2 static RSA"),),
)
def _static_only(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    static = survey.accepted("TLSv1.2 static RSA")
    if static is not None and not any(survey.accepted(name) for name in (*_GOOD, "TLSv1.3")):
        observed = f"only static RSA ({suites.cipher_name(static.answer.cipher)})"
        yield Wrong("a key exchange with forward secrecy", observed)


SPOKEN.case("P11", "advisory", "static RSA key exchange accepted", needs=(_offers("TLSv1.2 static RSA"),))(
    _refused("TLSv1.2 static RSA")
)


@SPOKEN.case("P12", "blocking", "finite-field group too small", needs=(_offers("TLSv1.2 DHE"),))
def _small_group(survey: ProtocolSurvey, allowed: CipherProfile) -> Results:
    dhe = survey.accepted("TLSv1.2 DHE")
    bits = dhe.answer.dh_bits if dhe else None
    if bits is not None and bits < allowed.smallest_dh:
        yield Wrong(f"at least {allowed.smallest_dh} bits ({allowed.name})", f"{bits} bits")


@SPOKEN.case(
    "P13",
    "blocking",
    "weak curve, or one outside the allowed list, accepted",
    needs=(_offers("TLSv1.2 weak curves"),),
)
def _weak_curve(survey: ProtocolSurvey, allowed: CipherProfile) -> Results:
    yield from _taken(survey, allowed, "TLSv1.2 weak curves")
    if (seen := survey.accepted("TLSv1.3 outside")) is not None:
        group = int.from_bytes(seen.answer.extensions.get(KEY_SHARE, b"")[:2], "big")
        yield Wrong(f"only {allowed.name}", suites.group_name(group))
    first = survey.accepted("TLSv1.2 weak curves first")
    if first and first.answer.curve in suites.WEAK_GROUPS and not survey.accepted("TLSv1.2 weak curves"):
        yield Wrong("no curve below 256 bits", f"curve {first.answer.curve}")


@SPOKEN.case("P14", "blocking", "TLS compression", needs=(_offers("TLSv1.2 weak curves first"),))
def _compression(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    seen = [answer for name in _COMPRESSIBLE if (answer := survey.accepted(name))]
    if found := next((one.answer.compression for one in seen if one.answer.compression), None):
        yield Wrong("none", f"method {found}")


@SPOKEN.case("P15", "blocking", "client-initiated renegotiation", needs=(_renegotiation,))
def _renegotiates(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    if survey.renegotiates:
        yield Wrong("refused", "the server renegotiates")


SPOKEN.case("P16", "blocking", "no secure renegotiation (RFC 5746)", needs=(_offers("TLSv1.2 AEAD"),))(
    _without(RENEGOTIATION, "renegotiation_info")
)
SPOKEN.case("P17", "advisory", "no extended master secret (RFC 7627)", needs=(_offers("TLSv1.2 AEAD"),))(
    _without(EXTENDED_MASTER_SECRET, "extended_master_secret")
)


@SPOKEN.case("P18", "advisory", "0-RTT data accepted", needs=(_ticket,))
def _early_data(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    if survey.early_data:
        yield Wrong("no early data", f"{survey.early_data} bytes allowed")


@SPOKEN.case("P19", "advisory", "no HTTP/2", needs=(_alpn,))
def _http1_only(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    if survey.http2 is False:
        yield Wrong("ALPN h2", "HTTP/1.1 only")


@SPOKEN.case("P20", "blocking", "client certificate demanded", needs=(_session,))
def _demanded(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    asked = any(
        answer.answer.wants_certificate for name in _GOOD if (answer := survey.accepted(name)) is not None
    )
    if survey.demands_certificate or (asked and survey.demands_certificate is None):
        yield Wrong("anybody is served", "the session ends without one")


SPOKEN.case(
    "P23", "advisory", "no hybrid post-quantum key agreement", needs=(_offers("TLSv1.3 X25519MLKEM768"),)
)(_missing("TLSv1.3 X25519MLKEM768", "X25519MLKEM768"))


@PORT.case("P21", "blocking", "no TLS on the TLS port", needs=())
def _not_tls(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    if survey.not_tls:
        yield Wrong("TLS", survey.not_tls)


@PORT.case("P22", "blocking", "TLS port closed", needs=())
def _closed(survey: ProtocolSurvey, _: CipherProfile) -> Results:
    if survey.closed:
        yield Wrong("a TLS server", survey.closed)


def _refusal(survey: ProtocolSurvey, name: str) -> str | None:
    asked = survey.offers.get(name)
    return None if asked is None or isinstance(asked, ProbeError) else asked.refusal


PROTOCOL_CASES = tuple(sorted((*PORT.table, *SPOKEN.table), key=lambda case: case.id))


def judge_protocols(
    surveys: Sequence[ProtocolSurvey],
    overrides: Mapping[str, CaseOverride] | None = None,
    *,
    allowed: CipherProfile = suites.MOZILLA_INTERMEDIATE,
) -> CaseReport:
    """Judge every address of a host."""
    answers = [
        answer for survey in surveys for cases in (PORT, SPOKEN) for answer in cases.ask(survey, allowed)
    ]
    host = surveys[0].host if surveys else "no address"
    cases = PROTOCOL_CASES if surveys else ()
    return report(f"protocol cases of {host}", cases, answers, overrides)
