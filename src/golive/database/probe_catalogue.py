"""What a database is made of, one definition per object, as PostgreSQL itself words it."""

from collections.abc import Sequence

from golive.database.observation import CatalogueObservation
from golive.database.probe import Session

_BELONGS = "n.nspname = ANY(%s) AND NOT (c.relname = ANY(%s))"
_OF = "CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname)"

_QUERIES = (
    # Tables, views and sequences; partitions are tables too.
    "SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'"
    " ELSE 'table' END || ' ' || {of},"
    " CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid)"
    "  WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid)"
    "  WHEN c.relkind = 'p' THEN 'partitioned by ' || pg_get_partkeydef(c.oid)"
    "  WHEN c.relrowsecurity THEN 'with row security' ELSE 'exists' END"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {belongs}",
    # Columns: type, collation, nullability, default, identity and generation.
    "SELECT 'column ' || {of} || '.' || quote_ident(a.attname),"
    " format_type(a.atttypid, a.atttypmod)"
    " || CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || l.collname ELSE '' END"
    " || CASE WHEN a.attnotnull THEN ' not null' ELSE ' null' END"
    " || CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' ELSE '' END"
    " || CASE WHEN a.attgenerated <> '' THEN ' generated as ' WHEN d.adbin IS NOT NULL THEN ' default '"
    "  ELSE '' END"
    " || coalesce(pg_get_expr(d.adbin, d.adrelid), '')"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation"
    " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND {belongs}",
    "SELECT 'index ' || quote_ident(i.relname) || ' of ' || {of},"
    " pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' (invalid: not used)' END"
    " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND {belongs}",
    # NOT NULL constraints have rows of their own from PostgreSQL 18 on; their columns already say it.
    "SELECT 'constraint ' || quote_ident(k.conname) || ' of ' || {of},"
    " pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' (not validated)' END"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE k.contype <> 'n' AND {belongs}",
    "SELECT 'trigger ' || quote_ident(g.tgname) || ' of ' || {of}, pg_get_triggerdef(g.oid)"
    " || CASE WHEN g.tgenabled = 'D' THEN ' (disabled)' ELSE '' END"
    " FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT g.tgisinternal AND {belongs}",
    "SELECT 'enum ' || quote_ident(n.nspname) || '.' || quote_ident(c.typname),"
    " string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)"
    " FROM pg_type c JOIN pg_enum e ON e.enumtypid = c.oid JOIN pg_namespace n ON n.oid = c.typnamespace"
    " WHERE n.nspname = ANY(%s) AND NOT (c.typname = ANY(%s)) GROUP BY n.nspname, c.typname",
)


async def read_catalogue(
    session: Session, schemas: Sequence[str], *, without: Sequence[str] = ()
) -> CatalogueObservation:
    """Read the definitions of all objects of ``schemas``, without the tables ``without``.

    Extensions' own views, such as that of pg_stat_statements, are left out.

    Raises:
        ProbeError: as the session's `rows`.
    """
    server = await session.observe()
    extensions = [
        str(name)
        for (name,) in await session.rows(
            "SELECT c.relname FROM pg_depend p JOIN pg_class c ON c.oid = p.objid"
            " WHERE p.classid = 'pg_class'::regclass AND p.deptype = 'e'"
        )
    ]
    hidden = [*without, *extensions]
    # Nothing is on the path, so every name in a definition is whole.
    await session.rows("SELECT set_config('search_path', 'pg_catalog', true)")
    objects: dict[str, str] = {}
    for query in _QUERIES:
        found = await session.rows(
            query.replace("{belongs}", _BELONGS).replace("{of}", _OF), list(schemas), hidden
        )
        objects.update({str(name): " ".join(str(definition).split()) for name, definition in found})
    return CatalogueObservation(session.where, server.major, objects)
