-- The developers' copy of a part of production.
CREATE SCHEMA telemetry;
CREATE SCHEMA exposure;
CREATE TABLE telemetry.monsoon_temperature (at timestamptz PRIMARY KEY, celsius real[]);
CREATE TABLE exposure.exposure (id serial PRIMARY KEY, at timestamptz NOT NULL, object text);
INSERT INTO telemetry.monsoon_temperature SELECT timestamptz '2013-08-31 12:00+00' + i * interval '1 minute', ARRAY[20, i % 7] FROM generate_series(1, 1000) i;
INSERT INTO exposure.exposure (at, object) SELECT timestamptz '2013-08-31 12:00+00' + i * interval '5 minutes', 'test ' || i FROM generate_series(1, 300) i;
