/**
 * `node dist/seed.js < accounts.json`: fill an empty database with a catalogue, and with accounts
 * `[{email, name, password, role?, spotifyId?, tastes?: {genre: weight}}]`. What is there already stays.
 */
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { hashed } from './auth/passwords';
import { normalised } from './users/addresses';

interface GivenAccount {
  email: string;
  name: string;
  password: string;
  role?: 'member' | 'admin';
  spotifyId?: string;
  tastes?: Record<string, number>;
}

const GENRES = ['ambient', 'blues', 'country', 'electronic', 'folk', 'jazz', 'metal', 'pop', 'rock', 'soul'];
const MOODS = ['calm', 'energetic', 'happy', 'sad'];
const TRACKS_PER_GENRE = 40;
const TRACKS_PER_ARTIST = 2;
const COLOURS = ['Amber', 'Azure', 'Cobalt', 'Coral', 'Ivory', 'Jade', 'Ochre', 'Scarlet', 'Umber', 'Violet'];
const PLACES = ['Bridge', 'Coast', 'Garden', 'Harbour', 'Hill', 'Lake', 'Market', 'Road', 'Station', 'Window'];
const TIMES = ['Again', 'at Dawn', 'at Noon', 'by Night', 'in April', 'in Winter', 'Once More', 'Tomorrow'];

/** The same numbers in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function seed(): Promise<void> {
  const accounts = JSON.parse(readFileSync(0, 'utf8')) as GivenAccount[];
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query('begin');
    await catalogue(client);
    await Promise.all(accounts.map(async (given) => account(client, given, await hashed(given.password))));
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function catalogue(client: Client): Promise<void> {
  const next = numbers(20_261_130);
  const pick = <Item>(items: Item[]): Item => items[Math.floor(next() * items.length)];
  for (const [row, genre] of GENRES.entries()) {
    for (let place = 0; place < TRACKS_PER_GENRE; place += 1) {
      const id = row * TRACKS_PER_GENRE + place + 1;
      const artist = Math.floor(place / TRACKS_PER_ARTIST);
      const band = `${COLOURS[(artist + row) % COLOURS.length]} ${PLACES[(artist + 3 * row + Math.floor(artist / 10)) % PLACES.length]}`;
      const title = `${pick(COLOURS)} ${pick(PLACES)} ${pick(TIMES)}`;
      await client.query(
        `insert into track (id, title, artists, album, genre, mood, spotify_id, duration_ms, popularity)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
        [
          id,
          title,
          [`The ${band}`],
          `${pick(PLACES)} ${pick(TIMES)}`,
          genre,
          pick(MOODS),
          `${id}`.padStart(22, '4uLU6hMCjMI75M1A2tKUQC'),
          120_000 + Math.floor(next() * 180_000),
          Math.round(next() * 1000) / 1000,
        ],
      );
    }
  }
  // What was played: a lot of some songs today, of others this week, of others this month.
  await client.query(
    `insert into play (track_id, played_at)
     select track.id, now() - make_interval(hours => hours.ago) from track, (values (3), (100), (500)) as hours (ago),
            generate_series(1, 1 + (track.id * (hours.ago + 7)) % 9)
     where not exists (select from play)`,
  );
}

async function account(client: Client, given: GivenAccount, password: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `insert into app_user (email, name, password_hash, role, spotify_id) values ($1, $2, $3, $4, $5)
     on conflict (email) do nothing returning id`,
    [normalised(given.email), given.name, password, given.role ?? 'member', given.spotifyId ?? null],
  );
  if (!rows[0]) return;
  for (const [genre, weight] of Object.entries(given.tastes ?? {})) {
    await client.query('insert into taste (user_id, genre, weight) values ($1, $2, $3)', [rows[0].id, genre, weight]);
  }
}

seed().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
