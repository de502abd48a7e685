import { HttpException, Logger } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  OnGatewayDisconnect,
  OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { isUUID } from 'class-validator';
import type { Server, Socket } from 'socket.io';
import { ACCESS_COOKIE, config, isWrong } from '../config';
import { Caller, TokensService } from '../auth/tokens.service';
import { Rooms } from './rooms.service';
import { SessionsService } from './sessions.service';

const WINDOW_MS = 10_000;
type Answer = { status: 'ok'; [key: string]: unknown } | { status: 'error'; code: number; message: string };

@WebSocketGateway()
export class SessionsGateway implements OnGatewayInit<Server>, OnGatewayDisconnect<Socket> {
  private readonly logger = new Logger('sockets');

  constructor(
    private readonly tokens: TokensService,
    private readonly sessions: SessionsService,
    private readonly rooms: Rooms,
  ) {}

  afterInit(server: Server): void {
    this.rooms.open(server);
    this.tokens.events.on('ended', (ids: string[]) => this.rooms.endSignIns(ids));
    server.use((socket, next) => {
      this.admit(socket).then(() => next(), (error: Error) => next(error));
    });
    server.on('connection', (socket) => {
      socket.on('disconnecting', () => this.rooms.lost(socket, socket.data.user));
    });
  }

  handleDisconnect(socket: Socket): void {
    clearTimeout(socket.data.ends);
  }

  @SubscribeMessage('join_session')
  join(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answered(socket, body, async (sessionId, user) => {
      await this.sessions.expectMember(sessionId, user.id);
      this.rooms.enter(socket, sessionId, user);
      return { session: await this.sessions.find(sessionId, user.id) };
    });
  }

  @SubscribeMessage('leave_session')
  leave(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answered(socket, body, async (sessionId, user) => {
      this.rooms.exit(socket, sessionId, user);
      return {};
    });
  }

  @SubscribeMessage('update_playlist')
  update(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): Promise<Answer> {
    return this.answered(socket, body, async (sessionId, user) => {
      const { action, track } = body as { action: unknown; track: unknown };
      if (action !== 'add' && action !== 'remove') return refusal(400, 'action must be add or remove');
      if (typeof track !== 'number' || !Number.isInteger(track) || track < 1 || track > 2 ** 31 - 1) {
        return refusal(400, 'track must be the id of a song');
      }
      return { revision: await this.sessions.changePlaylist(sessionId, user.id, action, track) };
    });
  }

  /** Everybody shows a token, or the cookie of our own pages; it is over when the token is over. */
  private async admit(socket: Socket): Promise<void> {
    const given: unknown = socket.handshake.auth?.token;
    const token = typeof given === 'string' ? given : this.cookieOf(socket);
    let caller = token ? await this.tokens.caller(token) : undefined;
    if (isWrong('open-sockets') && !caller) caller = unverified(token);
    if (!caller) throw new Error('unauthorized');
    if (this.rooms.countOf(caller.id) >= config.socket.perUser) throw new Error('too many connections');
    socket.data.user = caller;
    socket.data.window = { began: Date.now(), messages: 0 };
    socket.data.ends = setTimeout(() => socket.disconnect(true), Math.max(0, caller.expires * 1000 - Date.now()));
    await socket.join([`user:${caller.id}`, `sign-in:${caller.signIn}`]);
  }

  private cookieOf(socket: Socket): string | undefined {
    // Only our own pages may use a cookie. Browsers name no origin where a page asks its own host by GET.
    const { origin, 'sec-fetch-site': site } = socket.handshake.headers;
    if (origin !== config.publicUrl && !(origin === undefined && site === 'same-origin')) return undefined;
    const cookies = (socket.handshake.headers.cookie ?? '').split(/; */);
    const found = cookies.find((cookie) => cookie.startsWith(`${ACCESS_COOKIE}=`));
    return found && decodeURIComponent(found.slice(ACCESS_COOKIE.length + 1));
  }

  private async answered(
    socket: Socket,
    body: unknown,
    work: (sessionId: string, user: Caller) => Promise<object>,
  ): Promise<Answer> {
    if (!this.countMessage(socket)) return refusal(429, 'Too many messages');
    const sessionId = (body as { sessionId?: unknown } | null)?.sessionId;
    if (!isUUID(sessionId)) return refusal(400, 'sessionId must be the id of a session');
    try {
      return { status: 'ok', ...(await work((sessionId as string).toLowerCase(), socket.data.user)) };
    } catch (error) {
      if (error instanceof HttpException) return refusal(error.getStatus(), error.message);
      this.logger.error(error instanceof Error ? error.stack : String(error));
      return refusal(500, 'Something went wrong');
    }
  }

  private countMessage(socket: Socket): boolean {
    const { window } = socket.data;
    if (Date.now() - window.began > WINDOW_MS) socket.data.window = { began: Date.now(), messages: 0 };
    socket.data.window.messages += 1;
    return socket.data.window.messages <= config.socket.messages;
  }
}

function refusal(code: number, message: string): Answer {
  return { status: 'error', code, message };
}

/** The wrong variant: whoever the token says, or nobody at all. */
function unverified(token: string | undefined): Caller {
  let claims: { sub?: string; email?: string } = {};
  try {
    claims = JSON.parse(Buffer.from((token ?? '').split('.')[1] ?? '', 'base64url').toString());
  } catch {
    // Nobody looks.
  }
  return {
    id: claims.sub ?? '00000000-0000-0000-0000-000000000000',
    email: claims.email ?? '',
    name: 'Listener',
    role: 'member',
    signIn: 'none',
    expires: Date.now() / 1000 + 900,
  };
}
