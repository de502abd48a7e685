import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { config } from '../config';
import { Database } from '../platform/database';

export interface Caller {
  id: string;
  email: string;
  name: string;
  role: 'member' | 'admin';
  /** The sign-in that the token belongs to. */
  signIn: string;
  /** When the access token ends, in seconds since 1970. */
  expires: number;
}

export interface Claims {
  sub: string;
  email: string;
  sid: string;
  iat: number;
  exp: number;
}

export interface TokenPair {
  access_token: string;
  refresh_token: string;
  token_type: 'Bearer';
  expires_in: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

@Injectable()
export class TokensService {
  /** Emits `ended` with the ids of sign-ins that are over, for connections that are still open. */
  readonly events = new EventEmitter();

  constructor(
    private readonly jwt: JwtService,
    private readonly database: Database,
  ) {}

  async issue(user: { id: string; email: string }): Promise<TokenPair> {
    const secret = randomBytes(32).toString('base64url');
    await this.database.rows('delete from sign_in where user_id = $1 and expires_at < now()', [user.id]);
    const row = await this.database.row<{ id: string }>(
      `insert into sign_in (user_id, refresh_hash, expires_at)
       values ($1, $2, now() + make_interval(secs => $3)) returning id`,
      [user.id, digest(secret), config.refreshSeconds],
    );
    return this.pair(user, row!.id, secret);
  }

  /** A new pair for a refresh token, which is dead from now on; one that was used before ends the sign-in. */
  async rotate(refreshToken: string): Promise<TokenPair> {
    const [id, secret] = refreshToken.split('.');
    if (!UUID.test(id) || !secret) throw new UnauthorizedException('The refresh token is not valid');
    const fresh = randomBytes(32).toString('base64url');
    const found = await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ refresh_hash: string; user_id: string; email: string }>(
        `select refresh_hash, user_id, email from sign_in join app_user on app_user.id = user_id
         where sign_in.id = $1 and expires_at > now() for update of sign_in`,
        [id],
      );
      const row = rows[0];
      if (!row) return undefined;
      if (!timingSafeEqual(Buffer.from(row.refresh_hash), Buffer.from(digest(secret)))) {
        await client.query('delete from sign_in where id = $1', [id]);
        return 'reused' as const;
      }
      await client.query('update sign_in set refresh_hash = $2 where id = $1', [id, digest(fresh)]);
      return row;
    });
    if (found === 'reused') this.events.emit('ended', [id]);
    if (!found || found === 'reused') throw new UnauthorizedException('The refresh token is not valid');
    return this.pair({ id: found.user_id, email: found.email }, id, fresh);
  }

  /** Whose access token it is, as the database has it now; nobody where it is forged, over or revoked. */
  async caller(token: string): Promise<Caller | undefined> {
    const claims = await this.jwt.verifyAsync<Claims>(token, { algorithms: ['HS256'] }).catch(() => undefined);
    return claims && this.callerOf(claims);
  }

  /** Who verified claims belong to, as the database has it now. */
  async callerOf(claims: Claims): Promise<Caller | undefined> {
    if (!UUID.test(String(claims.sub)) || !UUID.test(String(claims.sid)) || !claims.exp) return undefined;
    const row = await this.database.row<{ id: string; email: string; name: string; role: Caller['role'] }>(
      `select app_user.id, email, name, role from app_user join sign_in on user_id = app_user.id
       where app_user.id = $1 and sign_in.id = $2 and expires_at > now()`,
      [claims.sub, claims.sid],
    );
    return row && { ...row, signIn: claims.sid, expires: claims.exp };
  }

  async end(signIn: string): Promise<void> {
    await this.database.rows('delete from sign_in where id = $1', [signIn]);
    this.events.emit('ended', [signIn]);
  }

  /** End the sign-in that a refresh token belongs to, where it is the right one. */
  async endByRefreshToken(refreshToken: string): Promise<void> {
    const [id, secret] = refreshToken.split('.');
    if (!UUID.test(id) || !secret) return;
    const gone = await this.database.rows<{ id: string }>(
      'delete from sign_in where id = $1 and refresh_hash = $2 returning id',
      [id, digest(secret)],
    );
    this.events.emit('ended', gone.map((row) => row.id));
  }

  private async pair(user: { id: string; email: string }, signIn: string, secret: string): Promise<TokenPair> {
    return {
      access_token: await this.jwt.signAsync({ sub: user.id, email: user.email, sid: signIn }),
      refresh_token: `${signIn}.${secret}`,
      token_type: 'Bearer',
      expires_in: config.accessSeconds,
    };
  }
}
