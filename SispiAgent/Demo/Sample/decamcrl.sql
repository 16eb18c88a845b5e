-- The electronic logbook (ECL).
SET ROLE ecl;
CREATE TABLE entry (id serial PRIMARY KEY, at timestamptz NOT NULL, author text NOT NULL, category text NOT NULL, body text NOT NULL, answers integer REFERENCES entry);
CREATE TABLE attachment (id serial PRIMARY KEY, entry_id integer NOT NULL REFERENCES entry, name text NOT NULL, content bytea NOT NULL);
INSERT INTO entry (at, author, category, body, answers) SELECT timestamptz '2013-08-31 22:00+00' + i * interval '20 minutes', 'user' || i % 120 + 1, (ARRAY['Observing', 'CCD', 'TCS', 'Weather'])[i % 4 + 1],
    'Entry ' || i || E': cielo despejado, sin novedad.\n' || repeat('Más texto. ', i % 40), CASE WHEN i % 10 = 0 THEN i / 2 END FROM generate_series(1, 800 * :size) i;
INSERT INTO attachment (entry_id, name, content) SELECT i * 20, 'plot ' || i || '.png', decode(repeat(md5(i::text), 400), 'hex') FROM generate_series(1, 30) i;
RESET ROLE;
