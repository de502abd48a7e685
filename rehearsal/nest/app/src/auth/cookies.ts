import type { CookieOptions, Response } from 'express';
import { ACCESS_COOKIE, config, REFRESH_COOKIE } from '../config';
import type { TokenPair } from './tokens.service';

const SHARED: CookieOptions = { httpOnly: true, secure: true, sameSite: 'lax' };
/** The refresh token goes only where it is used. */
const REFRESH_PATH = '/api/auth';

export function setCookies(response: Response, pair: TokenPair): void {
  response.cookie(ACCESS_COOKIE, pair.access_token, { ...SHARED, path: '/', maxAge: pair.expires_in * 1000 });
  response.cookie(REFRESH_COOKIE, pair.refresh_token, {
    ...SHARED,
    path: REFRESH_PATH,
    maxAge: config.refreshSeconds * 1000,
  });
}

export function clearCookies(response: Response): void {
  response.clearCookie(ACCESS_COOKIE, { ...SHARED, path: '/' });
  response.clearCookie(REFRESH_COOKIE, { ...SHARED, path: REFRESH_PATH });
}
