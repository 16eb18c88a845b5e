-- A lesser role for watching: what the agent reads over SQL from other hosts, without being a superuser.
--
--   psql -X -v role=sispi_watch -f roles.sql postgres        on the primary, as superuser (psql 11 or later)
--   psql -X -c '\password sispi_watch' postgres              its password; the same one goes into the agents' pass files
--
-- Then "Postgres": { "RemoteUser": "sispi_watch" } in appsettings.json, and a line for it in pg_hba.conf of every server:
--   host  postgres  sispi_watch  139.229.14.0/25  scram-sha-256        (md5 before version 10)
--
-- It may: connect to database postgres; see all sessions, WAL senders, the WAL receiver and all settings; read pg_hba.conf
-- as the server parsed it. It may not: read a table, change anything, dump. Backups are made on the server's own host as
-- the superuser (pg_dumpall --globals-only reads password hashes, which needs one).
-- Roles are replicated: the standby and the mirror have it too. Running this again changes nothing.
\set ON_ERROR_STOP on
\if :{?role}
\else
  \set role sispi_watch
\endif

SELECT current_setting('server_version_num')::int >= 100000 AS has_monitor,
       NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :'role') AS is_new \gset

\if :is_new
  CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT 10;
\endif
COMMENT ON ROLE :"role" IS 'SispiAgent: watches, changes nothing';
ALTER ROLE :"role" SET default_transaction_read_only = on;
GRANT CONNECT ON DATABASE postgres TO :"role";

\if :has_monitor
  -- pg_stat_activity, pg_stat_replication and pg_stat_wal_receiver in full, every setting, sizes, the list of WAL files: what the
  -- pages docs/findings/replication.*, room.connections, room.idle-in-transaction, room.old-snapshot, room.slot-xmin, room.crashed and
  -- room.log-unwritten name. room.sequence and room.integer-key read values of tables: the superuser's agent on the host looks at them.
  GRANT pg_monitor TO :"role";
  -- the access rules as the server parsed them, with its own errors
  GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO :"role";
  GRANT SELECT ON pg_catalog.pg_hba_file_rules TO :"role";
\else
  -- Before 10 there is no role for monitoring. This one sees that the server accepts, its version, its role, positions
  -- and most settings, but not the rows of pg_stat_replication of other users: there RemoteUser has to stay a superuser
  -- (dbadmin) for WAL senders to be judged over SQL from another host. The agent on the server's own host sees all.
  \echo 'Before PostgreSQL 10 this role does not see WAL senders: keep RemoteUser a superuser where that matters.'
\endif
