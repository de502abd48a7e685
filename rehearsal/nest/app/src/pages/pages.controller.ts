import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import { isUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { Public, tokenOf } from '../auth/access';
import { Caller, TokensService } from '../auth/tokens.service';
import { MusicService } from '../music/music.service';
import { ListeningSession, SessionsService } from '../sessions/sessions.service';
import { home, landing, login, missing, registration, session as sessionPage } from './views';

/** Pages for people; their scripts use the API by the cookie. */
@Public()
@SkipThrottle()
@Controller()
export class PagesController {
  constructor(
    private readonly tokens: TokensService,
    private readonly music: MusicService,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  async front(@Req() request: Request, @Res() response: Response): Promise<void> {
    show(response, landing(await this.signedIn(request)));
  }

  @Get('login')
  login(@Req() request: Request, @Res() response: Response): void {
    show(response, login(String(request.query.error ?? '')));
  }

  @Get('register')
  register(@Res() response: Response): void {
    show(response, registration());
  }

  @Get('home')
  async home(@Req() request: Request, @Res() response: Response): Promise<void> {
    const caller = await this.expected(request, response);
    if (caller) show(response, home(caller, await this.music.recommendations(caller.id, 20, 0)));
  }

  @Get('listen/:id')
  async session(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    const caller = await this.expected(request, response);
    if (!caller) return;
    const session = isUUID(id) ? await this.joined(id, caller) : undefined;
    if (!session) {
      response.status(404);
      show(response, missing(caller));
      return;
    }
    show(response, sessionPage(caller, session, await this.music.forMembers(id, 20)));
  }

  /** Whoever opens a session's address that was sent by a friend has joined it. */
  private async joined(id: string, caller: Caller): Promise<ListeningSession | undefined> {
    return this.sessions.join(id, caller.id).catch(() => undefined);
  }

  private async expected(request: Request, response: Response): Promise<Caller | undefined> {
    const caller = await this.signedIn(request);
    if (!caller) response.redirect(302, `/login?next=${encodeURIComponent(request.path)}`);
    return caller;
  }

  private async signedIn(request: Request): Promise<Caller | undefined> {
    const token = tokenOf(request);
    return token ? this.tokens.caller(token) : undefined;
  }
}

/** Pages may be somebody's own: whoever signs out and goes back must not find them again. */
function show(response: Response, page: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.vary('Cookie');
  response.type('html').send(page);
}
