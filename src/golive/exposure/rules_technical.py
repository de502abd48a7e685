"""Stack traces, and texts in which databases say what is wrong, by the frames and words of each of them."""

import re
from collections.abc import Iterator
from html import unescape

from golive.exposure.observation import Kind

_PLACE = r"(?:file:///?|node:|webpack(?:-internal)?:|internal/|/|[A-Za-z]:[\\/]|\.{0,2}/)[^\s():]*"
STACK_TRACE = re.compile(
    r"\bFile \"[^\"\n]+\", line \d+"  # Python
    rf"|\bat (?:async )?[^\s()]+(?: \[as [^\]]+\])? \({_PLACE}:\d+:\d+\)"  # Node.js
    rf"|^\s*at (?:async )?{_PLACE}:\d+:\d+\s*$"
    r"|\bat (?:[\w$]+/)?[\w.$<>]+"
    r"\((?:[\w$]+\.(?:java|kt|scala|groovy|clj):\d+|Native Method|Unknown Source)\)"
    r"|\bgoroutine \d+ \[[a-z ,\d]+\]:|\.go:\d+ \+0x[0-9a-f]+"
    r"|\b(?:Fatal error|Parse error|Warning|Notice|Deprecated): [^\n]+ in \S+\.php\s+on\s+line\s+\d+"
    r"|#\d+ \S+\.php\(\d+\): |\bUncaught \S+: [^\n]+ in \S+\.php:\d+"
    r"|\bat [\w.`<>+\[\], ]+\([^)\n]*\) in [^\n]+\.(?:cs|vb|fs):line \d+"
    r"|^\s*at (?:System|Microsoft)\.[\w.`<>]+\("
    r"|\.rb:\d+:in [`'][^`'\n]+'|\bpanicked at (?:'[^'\n]*', )?\S+\.rs:\d+",
    re.MULTILINE,
)
DATABASE_ERROR = re.compile(
    r"duplicate key value violates|violates (?:foreign key|not-null|check|unique|exclusion) constraint"
    r"|\bsyntax error at or near \"|\brelation \"[^\"]+\" does not exist|\bcolumn \S+ does not exist\b"
    r"|invalid input syntax for (?:type )?\w+: \"|invalid byte sequence for encoding|\bSQLSTATE\b"
    r"|\bKey \([^)]+\)=\([^)]*\) (?:already exists|is not present)"
    r"|You have an error in your SQL syntax|\bUnknown column '[^']+' in '|\bDuplicate entry '[^']*' for key"
    r"|\bSQLITE_[A-Z]{4,}|\b(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed"
    r"|\bnear \"[^\"]*\": syntax error|\bno such (?:table|column): "
    r"|\bORA-\d{5}\b|Unclosed quotation mark after the character string|\bIncorrect syntax near '"
    r"|\bpsycopg2?\.errors\.\w+|\b(?:psycopg2?|asyncpg|pymysql|MySQLdb|sqlite3|cx_Oracle|oracledb|pg8000)\.[\w.]*(?:Error|Violation)\b"
    r"|\bsqlalchemy\.exc\.\w+|\bdjango\.db\.utils\.\w+|\bPrismaClient\w+Error\b|\bInvalid `prisma\."
    r"|\b(?:QueryFailed|EntityNotFound|SequelizeDatabase|SequelizeUniqueConstraint)Error\b"
    r"|\bjava\.sql\.\w+|\borg\.hibernate\.[\w.]+|\bSystem\.Data\.SqlClient\.\w+|\bNpgsql\.\w+Exception"
    r"|\bMongo(?:Server|Bulk|Network)\w*Error\b|\bE11000 duplicate key"
    r"|\b(?:SELECT|UPDATE|DELETE|INSERT INTO)\b[^\n]{1,400}(?:=|<|>|\bIN|\bLIKE|\bLIMIT|VALUES|\()\s*"
    r"\(?(?:\$\d|\?(?=[\s,)]|$)|:\w+|%s|@p\d)"
)
_INLINE = re.compile(r"</?(?:a|b|code|em|i|span|strong)\b[^<>]{0,500}>")
_TAG = re.compile(r"<[^<>]{0,500}>")


def technical_in(text: str) -> Iterator[tuple[Kind, str]]:
    """Yield the kinds of what belongs into a log, each with the words that show it."""
    for kind, pattern in ((Kind.STACK_TRACE, STACK_TRACE), (Kind.DATABASE_ERROR, DATABASE_ERROR)):
        found = pattern.search(text)
        if found:
            yield kind, found.group()


def text_of_page(page: str) -> str:
    """Return what a page of HTML says, its markup taken for ends of lines."""
    return unescape(_TAG.sub("\n", _INLINE.sub("", page))).replace("\xa0", " ")
