"""Stack traces, and texts in which databases say what is wrong, by the frames and words of each of them."""

import re
from collections.abc import Iterator
from html import unescape

from golive.exposure.observation import Kind

_LONGEST = 128 * 1024
_SIGNS = re.compile(r"[ \n]|Error|SQL|ORA-|java\.|hibernate|psycopg|sqlalchemy|django")
"""What has none of these is an id, a word or an address."""
_PLACE = r"(?:file:///?|node:|webpack(?:-internal)?:|internal/|/|[A-Za-z]:[\\/]|\.{0,2}/)[^\s():]{0,300}"
STACK_TRACE = re.compile(
    r"\bFile \"[^\"\n]{1,300}\", line \d+"  # Python
    rf"|\bat (?:async )?[^\s()]{{1,300}}(?: \[as [^\]]{{1,300}}\])? \({_PLACE}:\d+:\d+\)"  # Node.js
    rf"|^\s{0, 40}at (?:async )?{_PLACE}:\d+:\d+\s{0, 40}$"
    r"|\bat (?:[\w$]{1,300}/)?[\w.$<>]{1,300}"
    r"\((?:[\w$]{1,300}\.(?:java|kt|scala|groovy|clj):\d+|Native Method|Unknown Source)\)"
    r"|\bgoroutine \d+ \[[a-z ,\d]{1,300}\]:|\.go:\d+ \+0x[0-9a-f]{1,300}"
    r"|\bin \S{1,200}\.php(?:\s{1,5}on\s{1,5}line\s{1,5}|:)\d+|#\d+ \S{1,200}\.php\(\d+\): "
    r"|\bat [\w.`<>+\[\], ]{1,300}\([^)\n]{0,300}\) in [^\n]{1,300}\.(?:cs|vb|fs):line \d+"
    r"|^\s{0,40}at (?:System|Microsoft)\.[\w.`<>]{1,300}\("
    r"|\.rb:\d+:in [`'][^`'\n]{1,300}'|\bpanicked at (?:'[^'\n]{0,300}', )?\S{1,300}\.rs:\d+",
    re.MULTILINE,
)
DATABASE_ERROR = re.compile(
    r"duplicate key value violates|violates (?:foreign key|not-null|check|unique|exclusion) constraint"
    r"|\bsyntax error at or near \"|\brelation \"[^\"]{1,300}\" does not exist"
    r"|\bcolumn \S{1,300} does not exist\b"
    r"|invalid input syntax for (?:type )?\w{1,300}: \"|invalid byte sequence for encoding|\bSQLSTATE\b"
    r"|\bKey \([^)]{1,300}\)=\([^)]{0,300}\) (?:already exists|is not present)"
    r"|You have an error in your SQL syntax|\bUnknown column '[^']{1,300}' in '"
    r"|\bDuplicate entry '[^']{0,300}' for key"
    r"|\bSQLITE_[A-Z]{4,}|\b(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed"
    r"|\bnear \"[^\"]{0,300}\": syntax error|\bno such (?:table|column): "
    r"|\bORA-\d{5}\b|Unclosed quotation mark after the character string|\bIncorrect syntax near '"
    r"|\bpsycopg2?\.errors\.\w{1,300}"
    r"|\b(?:psycopg2?|asyncpg|pymysql|MySQLdb|sqlite3|cx_Oracle|oracledb|pg8000)\."
    r"[\w.]{0,300}(?:Error|Violation)\b"
    r"|\bsqlalchemy\.exc\.\w{1,300}|\bdjango\.db\.utils\.\w{1,300}|\bPrismaClient\w{1,300}Error\b"
    r"|\bInvalid `prisma\."
    r"|\b(?:QueryFailed|EntityNotFound|SequelizeDatabase|SequelizeUniqueConstraint)Error\b"
    r"|\bjava\.sql\.\w{1,300}|\borg\.hibernate\.[\w.]{1,300}"
    r"|\bSystem\.Data\.SqlClient\.\w{1,300}|\bNpgsql\.\w{1,300}Exception"
    r"|\bMongo(?:Server|Bulk|Network)\w{0,300}Error\b|\bE11000 duplicate key"
    r"|\b(?:SELECT|UPDATE|DELETE|INSERT INTO)\b[^\n]{1,400}(?:=|<|>|\bIN|\bLIKE|\bLIMIT|VALUES|\()\s{0,40}"
    r"\(?(?:\$\d|\?(?=[\s,)]|$)|:\w{1,300}|%s|@p\d)"
)
_INLINE = re.compile(r"</?(?:a|b|code|em|i|span|strong)\b[^<>]{0,500}>")
_TAG = re.compile(r"<[^<>]{0,500}>")


def technical_in(text: str) -> Iterator[tuple[Kind, str]]:
    """Yield the kinds of what belongs into a log, each with the words that show it."""
    text = text[:_LONGEST]
    if not _SIGNS.search(text):
        return
    for kind, pattern in ((Kind.STACK_TRACE, STACK_TRACE), (Kind.DATABASE_ERROR, DATABASE_ERROR)):
        found = pattern.search(text)
        if found:
            yield kind, found.group()


def text_of_page(page: str) -> str:
    """Return what a page of HTML says, its markup taken for ends of lines."""
    return unescape(_TAG.sub("\n", _INLINE.sub("", page))).replace("\xa0", " ")
