-- The observatory's production database: everything of the search_path. Understood by every server from 9.0 on.
CREATE SCHEMA constants AUTHORIZATION sispi;
CREATE SCHEMA telemetry AUTHORIZATION sispi;
CREATE SCHEMA alarms AUTHORIZATION sispi;
CREATE SCHEMA users AUTHORIZATION sispi;
CREATE SCHEMA exposure AUTHORIZATION sispi;
CREATE SCHEMA bss AUTHORIZATION sispi;
CREATE SCHEMA obstac AUTHORIZATION sispi;
GRANT USAGE ON SCHEMA constants, telemetry, alarms, users, exposure, bss, obstac TO observer;

SET ROLE sispi;

CREATE TYPE constants.band AS ENUM ('u', 'g', 'r', 'i', 'z', 'Y', 'VR');
CREATE DOMAIN constants.degrees AS double precision CHECK (VALUE BETWEEN -360 AND 360);
COMMENT ON DOMAIN constants.degrees IS 'An angle; a full turn either way';

CREATE TABLE constants.filter (
    band constants.band PRIMARY KEY,
    name text NOT NULL UNIQUE,
    centre_nm numeric(6,1) NOT NULL CHECK (centre_nm > 0),
    slot integer NOT NULL UNIQUE);

CREATE TABLE constants.ccd (
    ccd integer PRIMARY KEY CHECK (ccd BETWEEN 1 AND 62),
    extension text NOT NULL UNIQUE,
    x_mm double precision NOT NULL,
    y_mm double precision NOT NULL,
    gain_a real, gain_b real,
    is_science boolean NOT NULL DEFAULT true);

CREATE TABLE constants.version (
    id serial PRIMARY KEY,
    name text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    "comment" text,
    CHECK (valid_to IS NULL OR valid_to > valid_from));

CREATE TABLE constants.value (
    version_id integer NOT NULL REFERENCES constants.version ON DELETE CASCADE,
    key text NOT NULL,
    number double precision,
    words text[],
    PRIMARY KEY (version_id, key));

CREATE TABLE users.affiliation (id serial PRIMARY KEY, name text NOT NULL UNIQUE, country char(2) NOT NULL);
CREATE TABLE users.account (
    id serial PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login)),
    full_name text NOT NULL,
    affiliation_id integer REFERENCES users.affiliation,
    is_observer boolean NOT NULL DEFAULT false,
    settings xml,
    since date NOT NULL DEFAULT current_date);
COMMENT ON COLUMN users.account.full_name IS 'As its owner writes it: ñ, é and ø are letters';

CREATE TABLE bss.proposal (
    propid text PRIMARY KEY,
    title text NOT NULL,
    pi_id integer NOT NULL REFERENCES users.account,
    hours interval NOT NULL);
CREATE TABLE bss.night (
    night date PRIMARY KEY,
    propid text REFERENCES bss.proposal,
    moon real CHECK (moon BETWEEN 0 AND 1),
    sunset time with time zone);

CREATE SEQUENCE exposure.expnum START 200000;
CREATE TABLE exposure.exposure (
    id integer PRIMARY KEY DEFAULT nextval('exposure.expnum'),
    at timestamptz NOT NULL,
    night date NOT NULL REFERENCES bss.night,
    propid text NOT NULL REFERENCES bss.proposal,
    band constants.band REFERENCES constants.filter (band),
    ra constants.degrees, declination constants.degrees,
    exptime numeric(8,3) NOT NULL CHECK (exptime >= 0),
    object text,
    observer_id integer REFERENCES users.account,
    header bytea,
    finding_chart oid,
    is_deleted boolean NOT NULL DEFAULT false);
ALTER SEQUENCE exposure.expnum OWNED BY exposure.exposure.id;
CREATE INDEX exposure_at ON exposure.exposure (at);
CREATE INDEX exposure_object ON exposure.exposure (lower(object)) WHERE NOT is_deleted;

CREATE TABLE exposure.image (
    exposure_id integer NOT NULL REFERENCES exposure.exposure ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ccd integer NOT NULL REFERENCES constants.ccd,
    sky real, fwhm real, checksum text NOT NULL,
    PRIMARY KEY (exposure_id, ccd));

CREATE TABLE exposure.change (id bigserial PRIMARY KEY, exposure_id integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), by_whom text NOT NULL DEFAULT session_user, what text NOT NULL);
CREATE FUNCTION exposure.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO exposure.change (exposure_id, what) VALUES (NEW.id, 'exptime; ' || OLD.exptime || ' to ' || NEW.exptime);
    RETURN NEW;
END $$;
CREATE TRIGGER exposure_changed AFTER UPDATE ON exposure.exposure FOR EACH ROW WHEN (OLD.exptime IS DISTINCT FROM NEW.exptime) EXECUTE PROCEDURE exposure.note_change();
CREATE VIEW exposure.tonight AS
    SELECT e.id, e.at, f.name AS filter, e.exptime, a.full_name AS observer
    FROM exposure.exposure e LEFT JOIN constants.filter f USING (band) LEFT JOIN users.account a ON a.id = e.observer_id
    WHERE NOT e.is_deleted AND e.night = (SELECT max(night) FROM bss.night);

CREATE TABLE alarms.definition (
    code text PRIMARY KEY, level integer NOT NULL CHECK (level IN (1, 2, 3)), text text NOT NULL, follows text REFERENCES alarms.definition);
CREATE TABLE alarms.event (
    id bigserial PRIMARY KEY, code text NOT NULL REFERENCES alarms.definition, raised timestamptz NOT NULL, ended timestamptz, origin inet, detail text);
CREATE INDEX event_open ON alarms.event (code) WHERE ended IS NULL;

CREATE TABLE obstac.field (field_id integer PRIMARY KEY, ra constants.degrees NOT NULL, declination constants.degrees NOT NULL, tilings integer[] NOT NULL DEFAULT '{}');
CREATE TABLE obstac.plan (
    id serial PRIMARY KEY, field_id integer NOT NULL REFERENCES obstac.field, tiling integer NOT NULL, band constants.band NOT NULL,
    exposure_id integer REFERENCES exposure.exposure, score numeric, UNIQUE (field_id, tiling, band));

CREATE TABLE telemetry.monsoon_temperature (at timestamptz NOT NULL, crate smallint NOT NULL, board smallint NOT NULL, celsius real[], PRIMARY KEY (at, crate, board));
CREATE TABLE telemetry.monsoon_voltage (at timestamptz NOT NULL, crate smallint NOT NULL, board smallint NOT NULL, vdd real, vog real, vsub real, PRIMARY KEY (at, crate, board));
CREATE TABLE telemetry.monsoon_current (at timestamptz NOT NULL, crate smallint NOT NULL, board smallint NOT NULL, ampere double precision, PRIMARY KEY (at, crate, board));
CREATE TABLE telemetry.monsoon_event (id bigserial PRIMARY KEY, at timestamptz NOT NULL, crate smallint, message text NOT NULL);
CREATE TABLE telemetry.environment (at timestamptz PRIMARY KEY, dome_celsius real, outside_celsius real, humidity real, wind_ms real, wind_from constants.degrees, seeing real);
CREATE TABLE telemetry.hexapod (at timestamptz PRIMARY KEY, x real, y real, z real, tip real, tilt real, twist real);
CREATE TABLE telemetry.tcs (at timestamptz PRIMARY KEY, ra constants.degrees, declination constants.degrees, airmass double precision, is_tracking boolean);
CREATE TABLE telemetry.guider (at timestamptz NOT NULL, exposure_id integer, dx real, dy real, flux double precision);
CREATE INDEX guider_at ON telemetry.guider (at);
CREATE TABLE telemetry.cryo (at timestamptz PRIMARY KEY, focal_plane real, vessel real, pressure double precision, pump text);
CREATE TABLE telemetry.heartbeat (process text PRIMARY KEY, at timestamptz);
CREATE TABLE telemetry.never_used (at timestamptz PRIMARY KEY, nothing text);
CREATE RULE heartbeat_stays AS ON DELETE TO telemetry.heartbeat DO INSTEAD NOTHING;
CREATE VIEW telemetry.monsoon_latest AS SELECT crate, board, max(at) AS at FROM telemetry.monsoon_temperature GROUP BY crate, board;

RESET ROLE;
CREATE TABLE public.schema_version (version text PRIMARY KEY, installed timestamptz NOT NULL DEFAULT now());
CREATE TABLE public."Notas de observación" (id serial PRIMARY KEY, "Texto; con 'comillas'" text, "año" integer);
CREATE SEQUENCE public.ticket INCREMENT 5 MINVALUE 10 CYCLE MAXVALUE 1000000;
CREATE FUNCTION public.airmass(zenith double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT 1 / cos(radians($1))';
GRANT SELECT ON ALL TABLES IN SCHEMA constants, telemetry, alarms, users, exposure, bss, obstac, public TO observer;
GRANT INSERT (code, raised, origin, detail) ON alarms.event TO ics;
ALTER DEFAULT PRIVILEGES FOR ROLE sispi IN SCHEMA telemetry GRANT SELECT ON TABLES TO observer;
COMMENT ON SCHEMA telemetry IS 'What the instrument says about itself; monsoon* are the CCD controllers';
