import { BadRequestException, ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { isWrong } from '../config';
import { Database } from '../platform/database';
import { Rooms } from './rooms.service';

export interface Member {
  id: string;
  name: string;
}

export interface PlaylistEntry {
  id: number;
  name: string;
  artists: string[];
}

export interface ListeningSession {
  id: string;
  name: string;
  ownerId: string;
  createdAt: Date;
  revision: number;
  members: Member[];
  playlist: PlaylistEntry[];
}

export const LONGEST_PLAYLIST = 500;
const SESSION = 'id, name, owner_id as "ownerId", created_at as "createdAt", revision';

@Injectable()
export class SessionsService {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly database: Database,
    private readonly rooms: Rooms,
  ) {}

  async create(owner: string, name: string): Promise<ListeningSession> {
    const id = await this.database.transaction(async (client) => {
      const made = await client.query<{ id: string }>(
        'insert into listening_session (name, owner_id) values ($1, $2) returning id',
        [name, owner],
      );
      await client.query('insert into session_member (session_id, user_id) values ($1, $2)', [made.rows[0].id, owner]);
      return made.rows[0].id;
    });
    this.rooms.announce({ sessionId: id, name });
    return this.read(id);
  }

  async ofMember(user: string): Promise<Pick<ListeningSession, 'id' | 'name' | 'ownerId' | 'createdAt'>[]> {
    const whose = isWrong('everyones-sessions') ? 'true' : 'user_id = $1';
    return this.database.rows(
      `select distinct ${SESSION} from listening_session join session_member on session_id = id
       where $1::uuid is not null and ${whose} order by created_at desc, id`,
      [user],
    );
  }

  async find(id: string, user: string): Promise<ListeningSession> {
    await this.expectMember(id, user);
    return this.read(id);
  }

  async join(id: string, user: string): Promise<ListeningSession> {
    const joined = await this.database.rows(
      `insert into session_member (session_id, user_id) select id, $2 from listening_session where id = $1
       on conflict (session_id, user_id) do update set joined_at = session_member.joined_at returning session_id`,
      [id, user],
    );
    if (joined.length === 0) throw new NotFoundException('There is no such session');
    return this.read(id);
  }

  async leave(id: string, user: string): Promise<void> {
    await this.expectMember(id, user);
    await this.takeOut(id, user);
  }

  async leaveAll(user: string): Promise<void> {
    for (const { id } of await this.ofMemberAlone(user)) await this.takeOut(id, user);
  }

  async replacePlaylist(id: string, user: string, tracks: number[]): Promise<ListeningSession> {
    return this.inTurn(id, async () => {
      const revision = await this.change(id, user, async (client) => {
        await this.expectSongs(client, tracks);
        await client.query('delete from session_track where session_id = $1', [id]);
        await client.query(
          `insert into session_track (session_id, position, track_id, added_by)
           select $1, place, song, $3 from unnest($2::int[]) with ordinality as given (song, place)`,
          [id, tracks, user],
        );
      });
      const session = await this.read(id);
      this.rooms.tell(id, 'playlist_updated', { action: 'replace', revision, by: user, playlist: session.playlist });
      return session;
    });
  }

  async changePlaylist(id: string, user: string, action: 'add' | 'remove', track: number): Promise<number> {
    return this.inTurn(id, async () => {
      const revision = await this.change(id, user, async (client) => {
        if (action === 'add') await this.append(client, id, user, track);
        else await client.query('delete from session_track where session_id = $1 and track_id = $2', [id, track]);
      });
      this.rooms.tell(id, 'playlist_updated', { action, track, revision, by: user });
      return revision;
    });
  }

  async expectMember(id: string, user: string): Promise<void> {
    const found = await this.database.row<{ member: boolean }>(
      `select exists (select from session_member where session_id = $1 and user_id = $2) as member
       from listening_session where id = $1`,
      [id, user],
    );
    if (!found) throw new NotFoundException('There is no such session');
    if (!found.member) throw new ForbiddenException('Only members of the session may do this');
  }

  /** Changes of one session are made, and told, in the order in which they came. */
  private inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.turns.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined).then(() => {
      if (this.turns.get(id) === settled) this.turns.delete(id);
    });
    this.turns.set(id, settled);
    return mine;
  }

  /** One writer after the other: the row of the session is locked while its playlist changes. */
  private async change(id: string, user: string, edit: (client: PoolClient) => Promise<void>): Promise<number> {
    const revision = await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ revision: number }>(
        `update listening_session set revision = revision + 1
         where id = $1 and exists (select from session_member where session_id = $1 and user_id = $2)
         returning revision`,
        [id, user],
      );
      if (rows.length > 0) await edit(client);
      return rows[0]?.revision;
    });
    if (revision !== undefined) return revision;
    await this.expectMember(id, user);
    throw new NotFoundException('There is no such session');
  }

  /** Add a song at the end, unless it is there; the playlist holds each once. */
  private async append(client: PoolClient, id: string, user: string, track: number): Promise<void> {
    const { rows } = await client.query<{ known: boolean; songs: number }>(
      `with there as (select position, track_id from session_track where session_id = $1),
            added as (insert into session_track (session_id, position, track_id, added_by)
              select $1, coalesce((select max(position) from there), 0) + 1, track.id, $2 from track
              where track.id = $3 and not exists (select from there where track_id = $3)
                and (select count(*) from there) < $4)
       select exists (select from track where id = $3) as known, count(*)::int as songs from there`,
      [id, user, track, LONGEST_PLAYLIST],
    );
    if (!rows[0].known) throw new BadRequestException(`There is no song ${track}`);
    if (rows[0].songs >= LONGEST_PLAYLIST) throw new BadRequestException(`A playlist has ${LONGEST_PLAYLIST} songs at most`);
  }

  private async expectSongs(client: PoolClient, tracks: number[]): Promise<void> {
    const { rows } = await client.query<{ id: number }>(
      'select id from unnest($1::int[]) as given (id) where id not in (select id from track) limit 1',
      [tracks],
    );
    if (rows.length > 0) throw new BadRequestException(`There is no song ${rows[0].id}`);
  }

  /** The last one out ends the session; an owner who leaves hands it to whoever has been there longest. */
  private async takeOut(id: string, user: string): Promise<void> {
    const ended = await this.database.transaction(async (client) => {
      await client.query('select from listening_session where id = $1 for update', [id]);
      await client.query('delete from session_member where session_id = $1 and user_id = $2', [id, user]);
      const { rows } = await client.query<{ user_id: string }>(
        'select user_id from session_member where session_id = $1 order by joined_at, user_id limit 1',
        [id],
      );
      if (rows.length === 0) {
        await client.query('delete from listening_session where id = $1', [id]);
        return true;
      }
      await client.query('update listening_session set owner_id = $2 where id = $1 and owner_id = $3', [
        id,
        rows[0].user_id,
        user,
      ]);
      return false;
    });
    this.rooms.takeOut(id, user);
    if (ended) this.rooms.close(id);
  }

  private ofMemberAlone(user: string): Promise<{ id: string }[]> {
    return this.database.rows('select session_id as id from session_member where user_id = $1', [user]);
  }

  private async read(id: string): Promise<ListeningSession> {
    const session = await this.database.row<Omit<ListeningSession, 'members' | 'playlist'>>(
      `select ${SESSION} from listening_session where id = $1`,
      [id],
    );
    if (!session) throw new NotFoundException('There is no such session');
    const shown = isWrong('join-leaks-members') ? 'app_user.*' : 'app_user.id, app_user.name';
    const members = await this.database.rows<Member>(
      `select ${shown} from session_member join app_user on app_user.id = user_id
       where session_id = $1 order by joined_at, app_user.id`,
      [id],
    );
    const playlist = await this.database.rows<PlaylistEntry>(
      `select track.id, title as name, artists from session_track join track on track.id = track_id
       where session_id = $1 order by position`,
      [id],
    );
    return { ...session, members, playlist };
  }
}
