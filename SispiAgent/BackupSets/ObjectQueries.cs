namespace SispiAgent.BackupSets;

/// <summary>Queries of everything that is not a table and does not hang on one. Each row: kind, identity, facts, text.</summary>
internal static class ObjectQueries
{
    /// <summary>Kinds of which the name, the owner and the rights are compared: their catalog, their columns of owner and rights and the letter of these, and the first version.</summary>
    private static readonly (string Catalog, string? Owner, string? Acl, char Type, int Since)[] Named =
    [
        ("pg_operator", "oprowner", null, ' ', 0), ("pg_opclass", "opcowner", null, ' ', 0), ("pg_opfamily", "opfowner", null, ' ', 0), ("pg_cast", null, null, ' ', 0), ("pg_conversion", "conowner", null, ' ', 0),
        ("pg_collation", "collowner", null, ' ', 0), ("pg_ts_config", "cfgowner", null, ' ', 0), ("pg_ts_dict", "dictowner", null, ' ', 0), ("pg_ts_parser", null, null, ' ', 0), ("pg_ts_template", null, null, ' ', 0),
        ("pg_language", "lanowner", "lanacl", 'l', 0), ("pg_foreign_data_wrapper", "fdwowner", "fdwacl", 'F', 0), ("pg_foreign_server", "srvowner", "srvacl", 'S', 0), ("pg_user_mapping", null, null, ' ', 0),
        ("pg_am", null, null, ' ', 90600), ("pg_transform", null, null, ' ', 90500), ("pg_statistic_ext", "stxowner", null, ' ', 100000),
    ];

    /// <summary>The queries for a version.</summary>
    public static IReadOnlyList<string> All(int version) =>
    [
        Schemas, Functions(version), Types, Enums, Ranges, Extensions, EventTriggers, DefaultRights, Comments, Labels, LargeObjects,
        .. version >= 100000 ? [Publications(version)] : Array.Empty<string>(),
        .. Named.Where(kind => version >= kind.Since).Select(kind => Plain(kind.Catalog, kind.Owner, kind.Acl, kind.Type)),
    ];

    private static string User(string catalog, string oid) => $"{oid} >= {RelationQueries.FirstUserOid} AND {RelationQueries.NotOfExtension(catalog, oid)}";

    private static readonly string Schemas = $"""
        SELECT 'schema', quote_ident(n.nspname), concat_ws('|', pg_get_userbyid(n.nspowner), {RelationQueries.Rights("n.nspacl", "n", "n.nspowner")}), NULL
        FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND {RelationQueries.NotOfExtension("pg_namespace", "n.oid")}
        """;

    private static string Functions(int version) => $"""
        SELECT 'function', (pg_identify_object('pg_proc'::regclass, p.oid, 0)).identity,
               concat_ws('|', pg_get_userbyid(p.proowner), {RelationQueries.Rights("p.proacl", "f", "p.proowner")}, (SELECT lanname FROM pg_language WHERE oid = p.prolang), {(version >= 110000 ? "p.prokind" : "p.proisagg")}::text, p.prosecdef::text, p.proleakproof::text, p.proisstrict::text,
                 p.proretset::text, p.provolatile::text, p.procost::text, p.prorows::text, p.proconfig::text, format_type(p.prorettype, NULL), pg_get_function_identity_arguments(p.oid), p.prosrc, p.probin::text{(version >= 90600 ? ", p.proparallel::text" : "")},
                 (SELECT concat_ws(',', a.aggtransfn::regprocedure::text, a.aggfinalfn::regproc::text, format_type(a.aggtranstype, NULL), a.agginitval) FROM pg_aggregate a WHERE a.aggfnoid = p.oid)),
               concat_ws('|', pg_get_expr(p.proargdefaults, 0){(version >= 140000 ? ", pg_get_function_sqlbody(p.oid)" : "")})
        FROM pg_proc p WHERE {User("pg_proc", "p.oid")}
        """;

    /// <summary>Domains and base types; a table's row type comes with the table.</summary>
    private static readonly string Types = $"""
        SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, (pg_identify_object('pg_type'::regclass, t.oid, 0)).identity,
               concat_ws('|', t.typtype::text, pg_get_userbyid(t.typowner), {RelationQueries.Rights("t.typacl", "T", "t.typowner")}, t.typlen::text, t.typnotnull::text, format_type(nullif(t.typbasetype, 0), t.typtypmod), (SELECT collname FROM pg_collation WHERE oid = t.typcollation), (t.typdefault IS NOT NULL)::text,
                 (SELECT string_agg(k.conname || k.convalidated::text, ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid)),
               concat_ws('|', t.typdefault, (SELECT string_agg(pg_get_constraintdef(k.oid), ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid))
        FROM pg_type t WHERE t.typtype IN ('b', 'd', 'e', 'r') AND NOT (t.typelem <> 0 AND t.typlen = -1) AND {User("pg_type", "t.oid")}
        """;

    private static readonly string Enums = $"""
        SELECT 'labels of', (pg_identify_object('pg_type'::regclass, t.oid, 0)).identity, string_agg(quote_literal(l.enumlabel), ',' ORDER BY l.enumsortorder), NULL
        FROM pg_type t JOIN pg_enum l ON l.enumtypid = t.oid WHERE {User("pg_type", "t.oid")} GROUP BY t.oid
        """;

    private static readonly string Ranges = $"""
        SELECT 'range', (pg_identify_object('pg_type'::regclass, t.oid, 0)).identity,
               concat_ws('|', format_type(r.rngsubtype, NULL), (SELECT collname FROM pg_collation WHERE oid = r.rngcollation), (SELECT opcname FROM pg_opclass WHERE oid = r.rngsubopc), r.rngcanonical::text, r.rngsubdiff::text), NULL
        FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid WHERE {User("pg_type", "t.oid")}
        """;

    /// <summary>A restore installs the version that the server has by default.</summary>
    private const string Extensions = "SELECT 'extension', quote_ident(x.extname), (SELECT n.nspname::text FROM pg_namespace n WHERE n.oid = x.extnamespace), x.extversion FROM pg_extension x";

    private static readonly string EventTriggers = $"""
        SELECT 'event trigger', quote_ident(t.evtname), concat_ws('|', pg_get_userbyid(t.evtowner), t.evtevent, t.evtfoid::regprocedure::text, t.evtenabled::text, t.evttags::text), NULL
        FROM pg_event_trigger t WHERE {User("pg_event_trigger", "t.oid")}
        """;

    private const string DefaultRights = """
        SELECT 'default privileges', concat_ws(' ', pg_get_userbyid(d.defaclrole), (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = d.defaclnamespace), d.defaclobjtype::text), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(d.defaclacl) a), NULL
        FROM pg_default_acl d
        """;

    private static readonly string Comments = $"""
        SELECT 'comment on', concat_ws(' ', o.type, o.identity), d.description, NULL
        FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
        WHERE d.objoid >= {RelationQueries.FirstUserOid} AND d.classoid NOT IN ('pg_largeobject'::regclass, 'pg_extension'::regclass) AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
        """;

    private static readonly string Labels = $"""
        SELECT 'security label on', concat_ws(' ', o.type, o.identity, l.provider), l.label, NULL
        FROM pg_seclabel l, LATERAL pg_identify_object(l.classoid, l.objoid, l.objsubid) o WHERE l.objoid >= {RelationQueries.FirstUserOid} AND l.classoid <> 'pg_largeobject'::regclass
        """;

    /// <summary>There may be millions: how many each role has, with which rights.</summary>
    private const string LargeObjects = """
        SELECT 'large objects of', pg_get_userbyid(m.lomowner) || coalesce(' with ' || m.lomacl::text, ''), count(*)::text, NULL FROM pg_largeobject_metadata m GROUP BY m.lomowner, m.lomacl
        """;

    private static string Publications(int version) => $"""
        SELECT 'publication', quote_ident(p.pubname), concat_ws('|', pg_get_userbyid(p.pubowner), p.puballtables::text, p.pubinsert::text, p.pubupdate::text, p.pubdelete::text{(version >= 110000 ? ", p.pubtruncate::text" : "")}{(version >= 130000 ? ", p.pubviaroot::text" : "")},
            (SELECT string_agg(r.prrelid::regclass::text{(version >= 150000 ? " || coalesce((SELECT string_agg(a.attname, '+' ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::smallint[])), '')" : "")}, ',' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid = p.oid)),
            {(version >= 150000 ? "(SELECT string_agg(pg_get_expr(r.prqual, r.prrelid), ',' ORDER BY r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid = p.oid)" : "NULL")}
        FROM pg_publication p
        """;

    private static string Plain(string catalog, string? owner, string? acl, char type)
    {
        var facts = $"concat_ws('|', '{catalog}'{(owner is null ? "" : $", pg_get_userbyid(x.{owner})")}{(acl is null ? "" : $", {RelationQueries.Rights($"x.{acl}", type.ToString(), $"x.{owner}")}")})";
        return $"SELECT o.type, o.identity, {facts}, NULL FROM {catalog} x, LATERAL pg_identify_object('{catalog}'::regclass, x.oid, 0) o WHERE {User(catalog, "x.oid")}";
    }
}
