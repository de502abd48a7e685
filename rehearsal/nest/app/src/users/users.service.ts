import { ConflictException, Injectable } from '@nestjs/common';
import { hashed, matches } from '../auth/passwords';
import type { SpotifyProfile } from '../auth/strategies';
import { isWrong } from '../config';
import { Database } from '../platform/database';
import { normalised } from './addresses';

export interface Account {
  id: string;
  email: string;
  name: string;
  role: 'member' | 'admin';
  createdAt: Date;
}

const ACCOUNT = 'id, email, name, role, created_at as "createdAt"';

@Injectable()
export class UsersService {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<Account | undefined> {
    return this.database.row<Account>(`select ${ACCOUNT} from app_user where id = $1`, [id]);
  }

  async withPassword(email: string, password: string): Promise<Account | undefined> {
    const row = await this.database.row<Account & { password_hash: string | null }>(
      `select ${ACCOUNT}, password_hash from app_user where email = $1`,
      [normalised(email)],
    );
    const right = await matches(password, row?.password_hash);
    if (!row || !right) return undefined;
    const { password_hash: _, ...account } = row;
    return account;
  }

  async create(given: { email: string; password: string; name: string; role?: string }): Promise<Account> {
    const role = isWrong('role-at-registration') && given.role ? given.role : 'member';
    const row = await this.database.row<Account>(
      `insert into app_user (email, name, password_hash, role) values ($1, $2, $3, $4)
       on conflict (email) do nothing returning ${ACCOUNT}`,
      [normalised(given.email), given.name, await hashed(given.password), role],
    );
    if (!row) throw new ConflictException('This address cannot be registered');
    return row;
  }

  /**
   * The account that belongs to one at the provider. An address that the provider names proves nothing, so an
   * account that was made with a password is never opened by it.
   */
  async withSpotify(profile: SpotifyProfile): Promise<Account | undefined> {
    const known = await this.database.row<Account>(`select ${ACCOUNT} from app_user where spotify_id = $1`, [
      profile.id,
    ]);
    if (known || !profile.email) return known;
    return this.database.row<Account>(
      `insert into app_user (email, name, spotify_id) values ($1, $2, $3)
       on conflict do nothing returning ${ACCOUNT}`,
      [normalised(profile.email), profile.display_name ?? 'Listener', profile.id],
    );
  }

  async remove(id: string): Promise<string[]> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ id: string }>('delete from sign_in where user_id = $1 returning id', [id]);
      await client.query('delete from app_user where id = $1', [id]);
      return rows.map((row) => row.id);
    });
  }
}
