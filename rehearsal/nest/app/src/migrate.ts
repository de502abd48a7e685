/** `node dist/migrate.js`: apply the migrations that DATABASE_URL does not have yet, one transaction for all. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

const FOLDER = join(__dirname, '..', 'migrations');
const LOCK = 7_402_113;

async function migrate(): Promise<void> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query('create table if not exists migration (name text primary key, applied_at timestamptz not null default now())');
    const applied = (await client.query<{ name: string }>('select name from migration')).rows.map((row) => row.name);
    for (const name of readdirSync(FOLDER).sort()) {
      if (!name.endsWith('.sql') || applied.includes(name)) continue;
      await client.query(readFileSync(join(FOLDER, name), 'utf8'));
      await client.query('insert into migration (name) values ($1)', [name]);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

migrate().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
