namespace SispiAgent.Tests.Support;

/// <summary>The queries of <see cref="DatabaseComparison"/>, of PostgreSQL 15 and newer: one text column each. Catalogs' columns that hold no oid are taken as they are, by <c>to_jsonb</c>.</summary>
internal static class ComparisonQueries
{
    private const string Users = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
    private const int FirstUserOid = 16384;

    /// <summary>
    /// Tables, populated materialized views and sequences, with their columns sorted by name: a dump does not keep the order of columns that are inherited later.
    /// Hash partitions are taken together: rows may move between them, since an enum's hash is that of its oid.
    /// </summary>
    public const string Holders = $"""
        SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text, coalesce((SELECT string_agg(format('t.%I', attname), ', ' ORDER BY attname COLLATE "C") FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), '')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_partitioned_table h ON h.partrelid = c.oid
        WHERE {Users} AND (c.relkind IN ('r', 'S') OR c.relkind = 'm' AND c.relispopulated OR h.partstrat = 'h')
          AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_partitioned_table p ON p.partrelid = i.inhparent WHERE i.inhrelid = c.oid AND p.partstrat = 'h')
        """;

    /// <summary>What each is about, and the query.</summary>
    public static IReadOnlyList<(string Kind, string Query)> All { get; } =
    [
        ("database", $"SELECT concat_ws(' ', datname, {Owner("datdba")}, pg_encoding_to_char(encoding), datcollate, datctype, daticulocale, datallowconn, datconnlimit, {Acl("datacl", "d", "datdba")}, shobj_description(oid, 'pg_database')) FROM pg_database WHERE datname = current_database()"),
        ("setting", "SELECT concat_ws(' ', r.rolname, s.setdatabase <> 0, o) FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) o WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"),
        ("role", "SELECT (to_jsonb(r) - 'oid' - 'rolconfig')::text || coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles r WHERE rolname !~ '^pg_'"),
        ("member", $"SELECT concat_ws(' ', {Owner("roleid")}, {Owner("member")}, {Owner("grantor")}, admin_option) FROM pg_auth_members"),
        ("schema", $"SELECT concat_ws(' ', quote_ident(nspname), {Owner("nspowner")}, {Acl("nspacl", "n", "nspowner")}) FROM pg_namespace n WHERE {Users}"),
        ("relation", $"""
            SELECT concat_ws(' ', {Relation("c.oid")}, c.relkind, c.relpersistence, {Owner("c.relowner")}, a.amname, c.relispopulated, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition, ts.spcname,
              pg_get_expr(c.relpartbound, c.oid), CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END, CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, 'options', c.reloptions, t.reloptions,
              'acl', CASE WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN {Acl("c.relacl", "r", "c.relowner")} WHEN c.relkind = 'S' THEN {Acl("c.relacl", "s", "c.relowner")} END)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid LEFT JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace WHERE {Users}
            """),
        ("column", $"""
            SELECT concat_ws(' ', {Relation("c.oid")}, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, 'null', NOT a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
              'identity', a.attidentity, a.attgenerated, 'statistics', a.attstattarget, 'storage', a.attstorage, a.attcompression, 'inherited', a.attinhcount, a.attislocal, a.attoptions, {Options("a.attfdwoptions")}, 'acl', {Acl("a.attacl", "c", "c.relowner")})
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'S' AND {Users}
            """),
        ("inheritance", "SELECT concat_ws(' ', inhrelid::regclass, inhparent::regclass, inhseqno) FROM pg_inherits"),
        ("constraint", $"SELECT concat_ws(' ', CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END, quote_ident(conname), pg_get_constraintdef(c.oid), convalidated, coninhcount, conislocal, CASE contype WHEN 'c' THEN connoinherit END) FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE {Users}"),
        ("index", $"SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid), indisclustered, indisreplident, indisvalid, indimmediate) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {Users}"),
        ("view", $"SELECT {Relation("c.oid")} || pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {Users}"),
        ("foreign table", $"SELECT concat_ws(' ', ftrelid::regclass, srvname, {Options("ftoptions")}) FROM pg_foreign_table t JOIN pg_foreign_server s ON s.oid = t.ftserver"),
        ("sequence", $"SELECT concat_ws(' ', {Relation("c.oid")}, (to_jsonb(s) - 'seqrelid' - 'seqtypid')::text, format_type(seqtypid, NULL), (SELECT concat_ws(' ', d.deptype, d.refobjid::regclass, a.attname) FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))) FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {Users}"),
        ("function", $"SELECT concat_ws(' ', {Identity("pg_proc", "p.oid")}, prokind, {Owner("proowner")}, CASE WHEN prokind <> 'a' AND p.oid >= {FirstUserOid} THEN pg_get_functiondef(p.oid) END, {Acl("proacl", "f", "proowner")}) FROM pg_proc p WHERE p.oid >= {FirstUserOid} OR proacl IS NOT NULL"),
        ("aggregate", $"SELECT concat_ws(' ', (to_jsonb(a) - 'aggsortop' - 'aggtranstype' - 'aggmtranstype')::text, pg_get_function_result(aggfnoid), format_type(aggtranstype, NULL)) FROM pg_aggregate a WHERE aggfnoid::oid >= {FirstUserOid}"),
        ("trigger", "SELECT concat_ws(' ', pg_get_triggerdef(oid), tgenabled, tgparentid <> 0) FROM pg_trigger WHERE NOT tgisinternal"),
        ("rule", $"SELECT concat_ws(' ', pg_get_ruledef(r.oid), ev_enabled) FROM pg_rewrite r WHERE r.oid >= {FirstUserOid} AND rulename <> '_RETURN'"),
        ("policy", "SELECT concat_ws(' ', polrelid::regclass, quote_ident(polname), polcmd, polpermissive, (SELECT string_agg(pg_get_userbyid(r), ',' ORDER BY pg_get_userbyid(r)) FROM unnest(polroles) r), 'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) FROM pg_policy"),
        ("type", $"""
            SELECT concat_ws(' ', format_type(t.oid, NULL), typtype, typlen, typbyval, typalign, typstorage, typcategory, typispreferred, typisdefined, typdelim, CASE WHEN typtype = 'b' THEN concat_ws(' ', typinput, typoutput, typreceive, typsend, typmodin, typsubscript) END, typnotnull,
              CASE WHEN typbasetype <> 0 THEN format_type(typbasetype, typtypmod) END, typdefault, typcollation::regcollation, {Owner("typowner")}, {Acl("typacl", "T", "typowner")}, (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
              (SELECT concat_ws(' ', rngsubtype::regtype, rngmultitypid::regtype, rngcollation::regcollation, rngcanonical, rngsubdiff) FROM pg_range WHERE rngtypid = t.oid))
            FROM pg_type t WHERE t.oid >= {FirstUserOid} AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
            """),
        ("cast", $"SELECT concat_ws(' ', {Identity("pg_cast", "c.oid")}, castcontext, castmethod, castfunc::regprocedure) FROM pg_cast c WHERE c.oid >= {FirstUserOid}"),
        ("operator", $"SELECT concat_ws(' ', {Identity("pg_operator", "o.oid")}, {Owner("oprowner")}, oprcanmerge, oprcanhash, oprcode, oprrest, oprjoin, oprcom::regoperator, oprnegate::regoperator, format_type(oprresult, NULL)) FROM pg_operator o WHERE o.oid >= {FirstUserOid}"),
        ("operator class", $"SELECT concat_ws(' ', {Identity("pg_opclass", "o.oid")}, {Owner("opcowner")}, opcdefault, {Identity("pg_opfamily", "opcfamily")}, opcintype::regtype) FROM pg_opclass o WHERE o.oid >= {FirstUserOid}"),
        ("operator family", $"SELECT concat_ws(' ', {Identity("pg_opfamily", "o.oid")}, {Owner("opfowner")}) FROM pg_opfamily o WHERE o.oid >= {FirstUserOid}"),
        ("family's operator", $"SELECT {Identity("pg_amop", "o.oid")} || amopopr::regoperator FROM pg_amop o WHERE o.oid >= {FirstUserOid}"),
        ("family's function", $"SELECT {Identity("pg_amproc", "o.oid")} || amproc::text FROM pg_amproc o WHERE o.oid >= {FirstUserOid}"),
        ("conversion", $"SELECT concat_ws(' ', {Identity("pg_conversion", "c.oid")}, {Owner("conowner")}, condefault, conproc, conforencoding, contoencoding) FROM pg_conversion c WHERE c.oid >= {FirstUserOid}"),
        ("collation", $"SELECT concat_ws(' ', {Identity("pg_collation", "c.oid")}, {Owner("collowner")}, (to_jsonb(c) - 'oid' - 'collnamespace' - 'collowner')::text) FROM pg_collation c WHERE c.oid >= {FirstUserOid}"),
        ("language", $"SELECT concat_ws(' ', quote_ident(lanname), {Owner("lanowner")}, lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc, {Acl("lanacl", "l", "lanowner")}) FROM pg_language"),
        ("transform", "SELECT concat_ws(' ', trftype::regtype, lanname, trffromsql, trftosql) FROM pg_transform JOIN pg_language l ON l.oid = trflang"),
        ("access method", "SELECT concat_ws(' ', amname, amtype, amhandler) FROM pg_am"),
        ("wrapper", $"SELECT concat_ws(' ', fdwname, {Owner("fdwowner")}, fdwhandler::regproc, fdwvalidator::regproc, {Options("fdwoptions")}, {Acl("fdwacl", "F", "fdwowner")}) FROM pg_foreign_data_wrapper"),
        ("server", $"SELECT concat_ws(' ', srvname, {Owner("srvowner")}, fdwname, srvtype, srvversion, {Options("srvoptions")}, {Acl("srvacl", "S", "srvowner")}) FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw"),
        ("user mapping", $"SELECT concat_ws(' ', srvname, usename, {Options("umoptions")}) FROM pg_user_mappings"),
        ("text search", $"""
            SELECT concat_ws(' ', {Identity("pg_ts_config", "c.oid")}, {Owner("cfgowner")}, {Identity("pg_ts_parser", "cfgparser")}, (SELECT string_agg(concat_ws(' ', (SELECT alias FROM ts_token_type(cfgparser) WHERE tokid = maptokentype), mapseqno, mapdict::regdictionary), ',' ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg = c.oid)) FROM pg_ts_config c WHERE c.oid >= {FirstUserOid}
            UNION ALL SELECT concat_ws(' ', {Identity("pg_ts_dict", "d.oid")}, {Owner("dictowner")}, {Identity("pg_ts_template", "dicttemplate")}, dictinitoption) FROM pg_ts_dict d WHERE d.oid >= {FirstUserOid}
            UNION ALL SELECT concat_ws(' ', {Identity("pg_ts_parser", "p.oid")}, (to_jsonb(p) - 'oid' - 'prsnamespace')::text) FROM pg_ts_parser p WHERE p.oid >= {FirstUserOid}
            UNION ALL SELECT concat_ws(' ', {Identity("pg_ts_template", "t.oid")}, tmplinit, tmpllexize) FROM pg_ts_template t WHERE t.oid >= {FirstUserOid}
            """),
        ("extension", $"SELECT concat_ws(' ', extname, extversion, extnamespace::regnamespace, {Owner("extowner")}, (SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND refobjid = e.oid AND deptype = 'e')) FROM pg_extension e"),
        ("publication", $"SELECT concat_ws(' ', {Owner("pubowner")}, (to_jsonb(p) - 'oid' - 'pubowner')::text) FROM pg_publication p"),
        ("publication's table", "SELECT concat_ws(' ', pubname, prrelid::regclass, pg_get_expr(prqual, prrelid), (SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_attribute WHERE attrelid = prrelid AND attnum = ANY (prattrs::int2[]))) FROM pg_publication_rel r JOIN pg_publication p ON p.oid = prpubid"),
        ("publication's schema", "SELECT concat_ws(' ', pubname, pnnspid::regnamespace) FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = pnpubid"),
        ("subscription", $"SELECT concat_ws(' ', {Owner("subowner")}, (to_jsonb(s) - 'oid' - 'subdbid' - 'subowner')::text) FROM pg_subscription s WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"),
        ("event trigger", $"SELECT concat_ws(' ', {Owner("evtowner")}, evtfoid::regproc, (to_jsonb(e) - 'oid' - 'evtowner' - 'evtfoid')::text) FROM pg_event_trigger e"),
        ("default rights", $"SELECT concat_ws(' ', {Owner("defaclrole")}, defaclnamespace::regnamespace, defaclobjtype, {Rights("defaclacl")}) FROM pg_default_acl"),
        ("system relation's rights", $"SELECT concat_ws(' ', c.oid::regclass, {Rights("relacl")}) FROM pg_class c WHERE c.oid < {FirstUserOid} AND relacl IS NOT NULL UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, {Rights("attacl")}) FROM pg_attribute WHERE attrelid < {FirstUserOid} AND attacl IS NOT NULL"),
        ("comment", $"SELECT concat_ws(' ', i.type, i.identity, quote_literal(d.description)) FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE d.objoid >= {FirstUserOid} OR d.classoid = 'pg_namespace'::regclass OR d.classoid = 'pg_largeobject'::regclass"),
        ("subscription's comment", "SELECT concat_ws(' ', subname, obj_description(s.oid, 'pg_subscription')) FROM pg_subscription s"),
        ("large object", $"SELECT concat_ws(' ', m.oid, {Owner("lomowner")}, md5(lo_get(m.oid)), {Acl("lomacl", "L", "lomowner")}) FROM pg_largeobject_metadata m"),
        ("statistics", "SELECT concat_ws(' ', pg_get_statisticsobjdef(oid), pg_get_userbyid(stxowner), stxstattarget) FROM pg_statistic_ext"),
    ];

    private static string Owner(string role) => $"pg_get_userbyid({role})";

    /// <summary>Options of foreign things; a dump sorts them.</summary>
    private static string Options(string column) => $"(SELECT string_agg(o, ',' ORDER BY o COLLATE \"C\") FROM unnest({column}) o)";

    private static string Relation(string oid) => $"{oid}::regclass::text";

    private static string Identity(string catalog, string oid) => $"(SELECT i.identity FROM pg_identify_object('{catalog}'::regclass, {oid}, 0) i)";

    /// <summary>Rights, those left to default spelled out.</summary>
    private static string Acl(string column, string kind, string owner) => Rights($"coalesce({column}, acldefault('{kind}', {owner}))");

    private static string Rights(string acl) => $"(SELECT string_agg(x.line, ',' ORDER BY x.line COLLATE \"C\") FROM (SELECT concat_ws(' ', CASE WHEN e.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END, e.privilege_type, e.is_grantable, 'by', quote_ident(pg_get_userbyid(e.grantor))) AS line FROM aclexplode({acl}) e) x)";
}
