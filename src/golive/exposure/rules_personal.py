"""Personal data of other people than the asker."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from golive.exposure.observation import Kind
from golive.exposure.values import Value

_ADDRESS = re.compile(
    r"(?<![\w.%+@&*•…'-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![\w@-])"
)
_FILES = frozenset({
    "png", "jpg", "jpeg", "webp", "avif", "gif", "svg", "ico", "js", "mjs", "cjs", "css", "map", "json",
    "mp3", "mp4", "ogg", "wav", "woff", "woff2", "html", "txt", "py", "ts", "tsx", "jsx",
})  # fmt: skip
_OF_A_SERVICE = frozenset({
    # RFC 2142, and what services call their mailboxes besides.
    "abuse", "accessibility", "admin", "billing", "business", "careers", "contact", "copyright", "customer",
    "customercare", "customerservice", "dmca", "donotreply", "dpo", "feedback", "gdpr", "hello", "help",
    "helpdesk", "hi", "hostmaster", "info", "jobs", "legal", "licensing", "mail", "mailer-daemon",
    "marketing", "me", "news", "newsletter", "no-reply", "noc", "noreply", "notifications", "office",
    "partners", "postmaster", "press", "privacy", "reply", "sales", "security", "service", "services",
    "support", "team", "user", "webmaster", "you", "name", "someone", "email", "example", "your",
    "username", "your.name", "jane.doe", "john.doe", "foo", "root",
})  # fmt: skip
_FIELDS = frozenset({
    "phone", "phonenumber", "mobile", "mobilephone", "birthdate", "dateofbirth", "dob", "birthday",
    "ipaddress", "lastip", "lastloginip", "registrationip", "streetaddress", "postaladdress", "ssn", "taxid",
    "iban",
})  # fmt: skip
_PERSONS = re.compile(
    r"(?:member|user|participant|owner|host|friend|follower|author|creator|listener|guest|person|attendee"
    r"|invitee|addedby|createdby|invitedby|account)s?$|people$"
)
_IDS = ("id", "_id", "userId", "user_id", "uuid", "sub", "email", "username")


def addresses_in(text: str) -> Iterator[str]:
    """Yield the e-mail addresses of people in a text, in lower case and without what follows a plus sign.

    None are users within an address of a service (``https://key@host``), names of files (``logo@2x.png``)
    and mailboxes of a service (``support@``).
    """
    if "%40" in text:
        text = unquote(text)
    if "@" not in text:
        return
    for found in _ADDRESS.finditer(text):
        _, scheme, authority = text[max(0, found.start() - 200) : found.start()].rpartition("://")
        is_user_of_host = bool(scheme) and not re.search(r"[\s/?#]", authority)
        address = plain_address(found.group())
        local, _, domain = address.partition("@")
        is_mailbox = local in _OF_A_SERVICE or local.strip("x") == ""
        if is_user_of_host or domain.rpartition(".")[2] in _FILES or is_mailbox:
            continue
        yield address


def plain_address(address: str) -> str:
    """Return an address as two spellings of it have in common."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def personal_field(value: Value, owners: Collection[str]) -> Kind | None:
    """Return the kind where a field holds what is known of somebody else, going by its name and the object.

    Only where the object is a person's, who is told from the asker: by an id or address that is another.
    """
    name = value.name.replace("_", "").replace("-", "").lower()
    if name not in _FIELDS or value.value in ("", False, None) or not owners:
        return None
    if "*" in str(value.value):
        return None
    for key, around in reversed(value.within):
        found = {str(around[one]).lower() for one in _IDS if around.get(one)}
        if not found.isdisjoint(owners):
            return None
        if found and _PERSONS.search(key.replace("_", "").replace("-", "").lower()):
            return Kind.PERSONAL_DATA
    return None
