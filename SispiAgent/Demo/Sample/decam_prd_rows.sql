-- Rows of decam_prd, the same at each load; :size multiplies the series that grow every night.
INSERT INTO constants.filter VALUES ('u', 'u DECam c0006', 355, 1), ('g', 'g DECam SDSS c0001', 472, 2), ('r', 'r DECam SDSS c0002', 641.5, 3),
    ('i', 'i DECam SDSS c0003', 783.5, 4), ('z', 'z DECam SDSS c0004', 926, 5), ('Y', 'Y DECam c0005', 1009.5, 6), ('VR', 'VR DECam c0007', 626, 7);
INSERT INTO constants.ccd SELECT i, (CASE WHEN i < 32 THEN 'S' ELSE 'N' END) || ((i - 1) % 31 + 1), 30 * sin(i), 30 * cos(i), 4 + sin(i) / 10, 4 + cos(i) / 10, i <> 61 FROM generate_series(1, 62) i;
INSERT INTO constants.version (name, valid_from, valid_to, "comment") SELECT 'constants v' || i, timestamptz '2012-09-01 00:00+00' + i * interval '30 days', CASE WHEN i < 20 THEN timestamptz '2012-09-01 00:00+00' + (i + 1) * interval '30 days' END,
    CASE WHEN i % 3 = 0 THEN E'tab\there,\nand a second line; \\N is no null' END FROM generate_series(1, 20) i;
INSERT INTO constants.value SELECT v, 'key_' || k, CASE k WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' ELSE v / k::float8 END, CASE WHEN k % 5 = 0 THEN ARRAY['a "quoted" word', NULL, ''] END FROM generate_series(1, 20) v, generate_series(1, 60) k;

INSERT INTO users.affiliation (name, country) VALUES ('CTIO', 'CL'), ('Fermilab', 'US'), ('The Ohio State University', 'US'), ('Universidad de La Serena', 'CL'), ('Universität München', 'DE');
INSERT INTO users.account (login, full_name, affiliation_id, is_observer, since)
    SELECT 'user' || i, (ARRAY['José Muñoz', 'Renée Šimić', 'Kjell Ødegård', '李明', 'O''Brien, Anne'])[i % 5 + 1] || ' ' || i, i % 5 + 1, i % 4 = 0, date '2011-01-01' + i FROM generate_series(1, 120) i;
INSERT INTO bss.proposal SELECT '2013B-0' || (100 + i), 'Proposal ' || i, i, interval '1 hour' * (i * 3.5) FROM generate_series(1, 40) i;
INSERT INTO bss.night SELECT date '2013-08-31' + i, CASE WHEN i % 29 > 0 THEN '2013B-0' || (101 + i % 40) END, (i % 30) / 30.0, time with time zone '22:41:00+00' FROM generate_series(0, 364) i;

INSERT INTO exposure.exposure (at, night, propid, band, ra, declination, exptime, object, observer_id, header, is_deleted)
    SELECT timestamptz '2013-08-31 23:00+00' + i * interval '150 seconds', date '2013-08-31' + (i / 220) % 365, '2013B-0' || (101 + i % 40), (ARRAY['g', 'r', 'i', 'z', 'Y'])[i % 5 + 1]::constants.band,
        i % 360, -90 + (i * 7) % 120, 90 + (i % 4) * 30.125, 'DES survey hex ' || i % 977, i % 120 + 1, decode(md5(i::text) || md5((i + 1)::text), 'hex'), i % 500 = 499
    FROM generate_series(1, 2000 * :size) i;
INSERT INTO exposure.image SELECT e.id, c, 1000 + sin(e.id + c) * 40, 0.8 + abs(sin(c)), md5(e.id || '/' || c) FROM exposure.exposure e, generate_series(1, 8) c;
UPDATE exposure.exposure SET exptime = exptime + 1 WHERE id % 400 = 0;
SELECT lowrite(lo_open(lo_create(70000 + i), 131072), decode(repeat(md5(i::text), 900), 'hex')) FROM generate_series(1, 3) i;
UPDATE exposure.exposure SET finding_chart = 70000 + id % 3 + 1 WHERE id % 100 = 0;

INSERT INTO alarms.definition SELECT 'ICS-' || i, i % 3 + 1, 'Condition ' || i, CASE WHEN i > 10 THEN 'ICS-' || (i - 10) END FROM generate_series(1, 40) i;
INSERT INTO alarms.event (code, raised, ended, origin, detail)
    SELECT 'ICS-' || (i % 40 + 1), timestamptz '2013-08-31 23:00+00' + i * interval '37 minutes', CASE WHEN i % 90 > 0 THEN timestamptz '2013-08-31 23:00+00' + i * interval '38 minutes' END, ('139.229.14.' || i % 128)::inet, repeat('detail ', i % 9) FROM generate_series(1, 1500) i;
INSERT INTO obstac.field SELECT i, (i * 1.7)::numeric % 360, -60 + i % 65, ARRAY[1, 2, i % 10] FROM generate_series(1, 1600) i;
INSERT INTO obstac.plan (field_id, tiling, band, exposure_id, score) SELECT f, t, (ARRAY['g', 'r', 'i', 'z', 'Y'])[t]::constants.band, CASE WHEN f < 300 THEN 200000 + f END, f / 7.0 FROM generate_series(1, 1600) f, generate_series(1, 5) t WHERE f % 3 = 0;

INSERT INTO telemetry.monsoon_temperature SELECT timestamptz '2013-08-31 12:00+00' + i * interval '10 seconds', i % 8, i % 6, ARRAY[20 + sin(i / 900.0), 21 + cos(i / 900.0)] FROM generate_series(1, 15000 * :size) i;
INSERT INTO telemetry.monsoon_voltage SELECT timestamptz '2013-08-31 12:00+00' + i * interval '10 seconds', i % 8, i % 6, 24 + sin(i), -2 + cos(i) / 9, 40 FROM generate_series(1, 15000 * :size) i;
INSERT INTO telemetry.monsoon_current SELECT timestamptz '2013-08-31 12:00+00' + i * interval '10 seconds', i % 8, i % 6, sin(i / 77.0) FROM generate_series(1, 12000 * :size) i;
INSERT INTO telemetry.monsoon_event (at, crate, message) SELECT timestamptz '2013-08-31 12:00+00' + i * interval '1 hour', i % 8, 'crate ' || i % 8 || ' says ' || md5(i::text) FROM generate_series(1, 700) i;
INSERT INTO telemetry.environment SELECT timestamptz '2013-08-31 12:00+00' + i * interval '15 seconds', 9 + 4 * sin(i / 2000.0), 8 + 5 * sin(i / 2000.0), 30 + i % 40, i % 17, i % 360, 0.7 + (i % 50) / 100.0 FROM generate_series(1, 8000 * :size) i;
INSERT INTO telemetry.hexapod SELECT timestamptz '2013-08-31 12:00+00' + i * interval '15 seconds', sin(i), cos(i), 1900 + i % 10, 0.1, -0.1, 0 FROM generate_series(1, 8000 * :size) i;
INSERT INTO telemetry.tcs SELECT timestamptz '2013-08-31 12:00+00' + i * interval '15 seconds', (i / 4.0)::numeric % 360, -30, public.airmass(i % 60), i % 6 > 0 FROM generate_series(1, 8000 * :size) i;
INSERT INTO telemetry.guider SELECT timestamptz '2013-08-31 23:00+00' + i * interval '2 seconds', 200000 + i / 60 % 2000, sin(i) / 4, cos(i) / 4, 1e4 + i FROM generate_series(1, 12000 * :size) i;
INSERT INTO telemetry.cryo SELECT timestamptz '2013-08-31 12:00+00' + i * interval '1 minute', -100 + sin(i / 99.0), -98, 1e-6 * (1 + i % 7), CASE i % 2 WHEN 0 THEN 'A' ELSE 'B' END FROM generate_series(1, 3000 * :size) i;
INSERT INTO telemetry.heartbeat SELECT p, timestamptz '2014-08-31 10:00+00' FROM unnest(ARRAY['OCS', 'ICS', 'TCSI', 'IB', 'guider', 'hexapod']) p;

INSERT INTO public.schema_version VALUES ('2.4.1', timestamptz '2013-06-01 00:00+00'), ('2.5.0', timestamptz '2013-08-20 00:00+00');
INSERT INTO public."Notas de observación" ("Texto; con 'comillas'", "año") VALUES ('Nubes altas; viento del norte', 2013), (E'línea uno\nlínea dos', 2014), (NULL, NULL);
SELECT setval('public.ticket', 1235);
SELECT setval('exposure.expnum', 300000);
