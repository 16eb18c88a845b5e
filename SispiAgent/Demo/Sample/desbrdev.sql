-- Quick Reduce: what the pipeline on the mountain measures in each image.
CREATE SCHEMA qr AUTHORIZATION quickreduce;
SET ROLE quickreduce;
CREATE TABLE qr.process (id serial PRIMARY KEY, exposure_id integer NOT NULL, started timestamptz NOT NULL, seconds real, state text NOT NULL CHECK (state IN ('done', 'failed', 'running')));
CREATE TABLE qr.quality (process_id integer NOT NULL REFERENCES qr.process, ccd smallint NOT NULL, fwhm real, ellipticity real, sky real, PRIMARY KEY (process_id, ccd));
INSERT INTO qr.process (exposure_id, started, seconds, state) SELECT 200000 + i, timestamptz '2013-08-31 23:10+00' + i * interval '150 seconds', 40 + i % 9, CASE WHEN i % 60 = 0 THEN 'failed' ELSE 'done' END FROM generate_series(1, 600 * :size) i;
INSERT INTO qr.quality SELECT p.id, c, 0.8 + c / 100.0, 0.05, 1000 + c FROM qr.process p, generate_series(1, 10) c;
RESET ROLE;
