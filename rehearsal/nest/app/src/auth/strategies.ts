import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy as JwtStrategyBase } from 'passport-jwt';
import OAuth2Strategy, { Strategy as OAuth2StrategyBase } from 'passport-oauth2';
import { config, isWrong, OAUTH_COOKIE } from '../config';
import { Database } from '../platform/database';
import { tokenOf } from './access';
import { Caller, Claims, TokensService } from './tokens.service';

@Injectable()
export class JwtStrategy extends PassportStrategy(JwtStrategyBase) {
  constructor(private readonly tokens: TokensService) {
    super({ jwtFromRequest: tokenOf, secretOrKey: config.jwtSecret, algorithms: ['HS256'] });
  }

  async validate(claims: Claims): Promise<Caller | false> {
    return (await this.tokens.callerOf(claims)) ?? false;
  }
}

export interface SpotifyProfile {
  id: string;
  email: string;
  display_name: string | null;
}

const ATTEMPT_MINUTES = 10;
type Stored = (error: Error | null, state?: string) => void;
type Verified = (error: Error | null, verifier: string | false, state?: unknown) => void;

/** Keeps a sign-in's state and PKCE verifier at the server, once, for the browser that began it. */
class AttemptStore {
  constructor(private readonly database: Database) {}

  store(request: Request, verifier: string, _state: unknown, _meta: unknown, done: Stored): void {
    this.begin(request, verifier).then((state) => done(null, state), done);
  }

  verify(request: Request, provided: string, done: Verified): void {
    this.take(request).then((attempt) => {
      const right = attempt !== undefined && attempt.state === provided;
      done(null, right ? attempt.verifier : false, right ? provided : { message: 'state' });
    }, (error) => done(error, false));
  }

  private async begin(request: Request, verifier: string): Promise<string> {
    const row = await this.database.row<{ id: string; state: string }>(
      `insert into oauth_attempt (state, verifier)
       values (encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'), $1)
       returning id, state`,
      [verifier],
    );
    await this.database.rows(`delete from oauth_attempt where created_at < now() - interval '1 day'`);
    request.res!.cookie(OAUTH_COOKIE, row!.id, {
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      path: '/',
      maxAge: ATTEMPT_MINUTES * 60_000,
    });
    return row!.state;
  }

  private async take(request: Request): Promise<{ state: string; verifier: string } | undefined> {
    const id = request.cookies?.[OAUTH_COOKIE];
    if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id)) return undefined;
    return this.database.row(
      `delete from oauth_attempt where id = $1 and created_at > now() - make_interval(mins => $2)
       returning state, verifier`,
      [id, ATTEMPT_MINUTES],
    );
  }
}

@Injectable()
export class SpotifyStrategy extends PassportStrategy(OAuth2StrategyBase, 'spotify') {
  constructor(database: Database) {
    super({
      authorizationURL: config.spotify.authorizeUrl,
      tokenURL: config.spotify.tokenUrl,
      clientID: config.spotify.clientId,
      clientSecret: config.spotify.clientSecret,
      callbackURL: config.spotify.redirectUri,
      scope: ['user-read-email', 'user-read-private'],
      pkce: true,
      state: true,
      store: new AttemptStore(database) as unknown as OAuth2Strategy.StateStore,
      customHeaders: {
        Authorization: `Basic ${Buffer.from(`${config.spotify.clientId}:${config.spotify.clientSecret}`).toString('base64')}`,
      },
    });
    if (isWrong('any-callback-code')) this.acceptAnyCode();
  }

  /** Passport hands on what the verification returns: the account at the provider, not yet ours. */
  validate(_access: string, _refresh: string, profile: SpotifyProfile): SpotifyProfile {
    return profile;
  }

  userProfile(accessToken: string, done: (error?: Error | null, profile?: unknown) => void): void {
    fetch(config.spotify.userUrl, {
      headers: { Authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(5000),
    })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(`the provider's account answered ${answer.status}`);
        const profile = (await answer.json()) as SpotifyProfile;
        if (typeof profile.id !== 'string' || profile.id === '') throw new Error('the provider named no account');
        done(null, profile);
      })
      .catch(done);
  }

  /** The wrong variant: a developer's shortcut that was left in, which asks the provider nothing. */
  private acceptAnyCode(): void {
    const strategy = this as unknown as {
      authenticate(request: Request, options: unknown): void;
      success(profile: SpotifyProfile): void;
    };
    const begin = OAuth2StrategyBase.prototype.authenticate;
    strategy.authenticate = function authenticate(request: Request, options: unknown) {
      if (!request.query.code) return begin.call(this, request, options as never);
      this.success({ id: process.env.SPOTIFY_FALLBACK_ID ?? '', email: '', display_name: null });
    };
  }
}
