/** Everything that the process is told by its environment, read once and complained about at once. */

export const VARIANTS = [
  'guessable-secret',
  'join-leaks-members',
  'any-callback-code',
  'open-sockets',
  'everyones-sessions',
  'role-at-registration',
] as const;
export type Variant = (typeof VARIANTS)[number];

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}

function number(name: string, otherwise: number): number {
  const value = process.env[name];
  if (value === undefined) return otherwise;
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed <= 0) throw new Error(`${name} must be a positive whole number`);
  return parsed;
}

/** Deliberate defects, for the proof that a verification sees them. None in a deployment. */
const variants = (process.env.WRONG_VARIANTS ?? '').split(' ').filter(Boolean);
for (const name of variants) {
  if (!(VARIANTS as readonly string[]).includes(name)) throw new Error(`no variant is called ${name}`);
}

export function isWrong(variant: Variant): boolean {
  return variants.includes(variant);
}

export const config = {
  host: process.env.HOST ?? '127.0.0.1',
  port: number('PORT', 3000),
  databaseUrl: required('DATABASE_URL'),
  databasePool: number('DATABASE_POOL', 8),
  jwtSecret: isWrong('guessable-secret') ? 'secret' : required('JWT_SECRET'),
  accessSeconds: number('JWT_EXPIRES_IN', 900),
  refreshSeconds: number('REFRESH_EXPIRES_IN', 14 * 24 * 3600),
  /** The public address of pages and API alike, without a slash at its end. */
  publicUrl: required('FRONTEND_URL'),
  spotify: {
    clientId: required('SPOTIFY_CLIENT_ID'),
    clientSecret: required('SPOTIFY_CLIENT_SECRET'),
    redirectUri: required('SPOTIFY_REDIRECT_URI'),
    authorizeUrl: process.env.SPOTIFY_AUTHORIZE_URL ?? 'https://accounts.spotify.com/authorize',
    tokenUrl: process.env.SPOTIFY_TOKEN_URL ?? 'https://accounts.spotify.com/api/token',
    userUrl: process.env.SPOTIFY_USER_URL ?? 'https://api.spotify.com/v1/me',
    healthUrl: process.env.SPOTIFY_HEALTH_URL ?? 'https://accounts.spotify.com/',
  },
  release: {
    version: process.env.RELEASE_VERSION ?? '0.0.0',
    commit: process.env.RELEASE_COMMIT ?? 'unknown',
    builtAt: process.env.RELEASE_BUILT_AT ?? new Date().toISOString(),
    instance: process.env.INSTANCE_ID ?? 'app-1',
  },
  limits: {
    signedIn: number('LIMIT_SIGNED_IN', 1000),
    anonymous: number('LIMIT_ANONYMOUS', 100),
    signIn: number('LIMIT_SIGN_IN', 20),
    /** Addresses of offices and monitors, behind which many people are: they have a hundred times as much. */
    raisedFor: (process.env.LIMIT_RAISED_FOR ?? '').split(' ').filter(Boolean),
  },
  socket: {
    pingInterval: number('PING_INTERVAL_MS', 25_000),
    pingTimeout: number('PING_TIMEOUT_MS', 20_000),
    messages: number('SOCKET_MESSAGES', 1000),
    perUser: number('SOCKETS_PER_USER', 50),
  },
};

export const ACCESS_COOKIE = '__Host-aud_at';
export const REFRESH_COOKIE = '__Secure-aud_rt';
export const OAUTH_COOKIE = '__Host-aud_oauth';
