namespace SispiAgent.BackupSets;

/// <summary>Queries of tables and of what hangs on them. Each row: kind, identity, facts, text.</summary>
internal static class RelationQueries
{
    /// <summary>The first oid that no object of the system has.</summary>
    internal const long FirstUserOid = 16384;

    /// <summary>A relation's name, for alias <c>c</c> with its schema <c>n</c>.</summary>
    private const string Name = "quote_ident(n.nspname) || '.' || quote_ident(c.relname)";

    private static readonly string Relations = $"pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND {NotOfExtension("pg_class", "c.oid")}";

    /// <summary>The queries for a version.</summary>
    public static IReadOnlyList<string> All(int version) =>
    [
        Tables(version), Columns(version), Constraints, Indexes, Triggers, Rules, .. version >= 100000 ? [Sequences] : Array.Empty<string>(), .. version >= 90500 ? [Policies] : Array.Empty<string>(),
    ];

    /// <summary>An access list in an order of its own, the default one where none is set: pg_dump does not tell the two apart.</summary>
    internal static string Rights(string list, string type, string owner) => $"coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce({list}, acldefault('{type}', {owner}))) a), '')";

    /// <summary>That an extension did not make an object.</summary>
    internal static string NotOfExtension(string catalog, string oid) => $"NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = '{catalog}'::regclass AND e.objid = {oid} AND e.deptype = 'e')";

    private static string Tables(int version) => $"""
        SELECT CASE c.relkind::text WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE 'table' END, {Name},
               concat_ws('|', c.relkind::text, pg_get_userbyid(c.relowner), c.relpersistence::text, {Rights("c.relacl", "r", "c.relowner")}, (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(c.reloptions) o),
                 (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid), c.relispopulated::text, c.relreplident::text{(version >= 90500 ? ", c.relrowsecurity::text, c.relforcerowsecurity::text" : "")}{(version >= 100000 ? ", c.relispartition::text" : "")}
                 {(version >= 120000 ? ", (SELECT amname FROM pg_am WHERE oid = c.relam)" : "")}, (SELECT s.srvname || coalesce(f.ftoptions::text, '') FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid)),
               concat_ws('|', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END{(version >= 100000 ? ", pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid)" : "")})
        FROM {Relations} WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c')
        """;

    /// <summary>The order of columns may change where they are inherited.</summary>
    private static string Columns(int version) => $"""
        SELECT 'columns', {Name},
               string_agg(concat_ws('|', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull::text, (SELECT collname FROM pg_collation WHERE oid = a.attcollation), a.attstorage::text, (d.adbin IS NOT NULL)::text, a.attoptions::text,
                 (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x){(version >= 100000 ? ", a.attidentity::text" : "")}{(version >= 120000 ? ", a.attgenerated::text" : "")}{(version >= 140000 ? ", a.attcompression::text" : "")}), ';'
                 ORDER BY CASE WHEN EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) THEN 0 ELSE a.attnum END, a.attname),
               string_agg(pg_get_expr(d.adbin, d.adrelid), ';' ORDER BY a.attname)
        FROM {Relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c') GROUP BY c.oid, n.nspname, c.relname
        """;

    private static readonly string Constraints = $"""
        SELECT 'constraint', quote_ident(k.conname) || ' on ' || {Name},
               concat_ws('|', k.contype::text, k.condeferrable::text, k.condeferred::text, k.convalidated::text, (k.connoinherit AND k.contype::text NOT IN ('p', 'u', 'x', 'f'))::text,
                 (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.position) FROM unnest(k.conkey) WITH ORDINALITY u(number, position) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number),
                 CASE WHEN k.confrelid <> 0 THEN k.confrelid::regclass::text || k.confupdtype::text || k.confdeltype::text || k.confmatchtype::text END,
                 (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY u.position) FROM unnest(k.confkey) WITH ORDINALITY u(number, position) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number)),
               pg_get_constraintdef(k.oid)
        FROM {Relations} JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype <> 't'
        """;

    private static readonly string Indexes = $"""
        SELECT 'index', quote_ident(n.nspname) || '.' || quote_ident(i.relname),
               concat_ws('|', {Name}, m.amname, x.indisunique::text, x.indisprimary::text, x.indisexclusion::text, x.indimmediate::text, x.indisclustered::text, x.indisvalid::text, i.reloptions::text, x.indoption::text, (x.indpred IS NOT NULL)::text,
                 (SELECT string_agg(coalesce(quote_ident(a.attname), '()'), ',' ORDER BY u.position) FROM unnest(x.indkey::smallint[]) WITH ORDINALITY u(number, position) LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.number AND u.number <> 0)),
               pg_get_indexdef(x.indexrelid)
        FROM {Relations} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
        """;

    private static readonly string Triggers = $"""
        SELECT 'trigger', quote_ident(t.tgname) || ' on ' || {Name}, concat_ws('|', t.tgfoid::regprocedure::text, t.tgtype::text, t.tgenabled::text, t.tgdeferrable::text, t.tginitdeferred::text, encode(t.tgargs, 'hex')), pg_get_triggerdef(t.oid)
        FROM {Relations} JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
        """;

    private static readonly string Rules = $"""
        SELECT 'rule', quote_ident(r.rulename) || ' on ' || {Name}, concat_ws('|', r.ev_type::text, r.ev_enabled::text, r.is_instead::text), pg_get_ruledef(r.oid)
        FROM {Relations} JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN'
        """;

    private static readonly string Sequences = $"""
        SELECT 'sequence', {Name},
               concat_ws('|', pg_get_userbyid(c.relowner), {Rights("c.relacl", "s", "c.relowner")}, format_type(s.seqtypid, NULL), s.seqstart::text, s.seqincrement::text, s.seqmax::text, s.seqmin::text, s.seqcache::text, s.seqcycle::text,
                 (SELECT d.refobjid::regclass::text || '.' || quote_ident(a.attname) || d.deptype::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))), NULL
        FROM {Relations} JOIN pg_sequence s ON s.seqrelid = c.oid
        """;

    private static readonly string Policies = $"""
        SELECT 'policy', quote_ident(p.polname) || ' on ' || {Name},
               concat_ws('|', p.polcmd::text, (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END, ',' ORDER BY pg_get_userbyid(r)::text) FROM unnest(p.polroles) r)),
               concat_ws('|', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM {Relations} JOIN pg_policy p ON p.polrelid = c.oid
        """;
}
