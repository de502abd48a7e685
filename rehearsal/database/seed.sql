-- What a new Audotics begins with: a starter catalogue, so that the first visitor is recommended something.
-- May be run again and again: what is there stays as it is.
BEGIN;

INSERT INTO "Track" ("id", "spotifyId", "name", "artists", "album", "genre", "releaseYear", "durationMs") VALUES
    ('starter-01', 'starter0000000000000001', 'First Light', '{"Amber Harbour"}', 'Mornings', 'electronic', 2019, 214000),
    ('starter-02', 'starter0000000000000002', 'Long Way Down', '{"Paper Foxes"}', 'Mornings', 'house', 2020, 246000),
    ('starter-03', 'starter0000000000000003', 'Corner Store', '{"Open Letters"}', 'Blocks', 'hip hop', 2018, 187000),
    ('starter-04', 'starter0000000000000004', 'Say It Twice', '{"Little Comets"}', 'Say It', 'pop', 2022, 201000),
    ('starter-05', 'starter0000000000000005', 'Copper Wire', '{"Static Engines"}', 'Live Wire', 'rock', 2015, 233000),
    ('starter-06', 'starter0000000000000006', 'Undertow', '{"Crimson Tides"}', 'Deep', 'metal', 2016, 312000),
    ('starter-07', 'starter0000000000000007', 'Blue Lamp', '{"Velvet Lanterns"}', 'After Hours', 'jazz', 1998, 345000),
    ('starter-08', 'starter0000000000000008', 'Nocturne in Grey', '{"Marble Cathedral"}', 'Nocturnes', 'classical', 2003, 372000),
    ('starter-09', 'starter0000000000000009', 'Orchard Song', '{"Winter Orchard"}', 'Fields', 'folk', 2011, 225000),
    ('starter-10', 'starter0000000000000010', 'Still Water', '{"Distant Meadow"}', 'Stillness', 'ambient', 2017, 379000)
ON CONFLICT ("id") DO NOTHING;

INSERT INTO "TrackFeatures"
    ("trackId", "danceability", "energy", "valence", "tempo", "acousticness", "instrumentalness") VALUES
    ('starter-01', 0.74, 0.80, 0.52, 126, 0.08, 0.55),
    ('starter-02', 0.84, 0.78, 0.64, 123, 0.07, 0.42),
    ('starter-03', 0.80, 0.66, 0.52, 94, 0.16, 0.05),
    ('starter-04', 0.69, 0.68, 0.66, 116, 0.20, 0.02),
    ('starter-05', 0.50, 0.79, 0.51, 132, 0.12, 0.12),
    ('starter-06', 0.38, 0.94, 0.30, 148, 0.02, 0.32),
    ('starter-07', 0.52, 0.34, 0.50, 108, 0.76, 0.50),
    ('starter-08', 0.25, 0.18, 0.26, 92, 0.94, 0.90),
    ('starter-09', 0.47, 0.33, 0.48, 104, 0.82, 0.08),
    ('starter-10', 0.28, 0.16, 0.20, 78, 0.72, 0.88)
ON CONFLICT ("trackId") DO NOTHING;

COMMIT;
