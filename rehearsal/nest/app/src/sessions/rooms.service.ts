import { Injectable } from '@nestjs/common';
import type { Server, Socket } from 'socket.io';
import type { Caller } from '../auth/tokens.service';

type EventType = 'user_joined' | 'user_left' | 'playlist_updated' | 'session_ended';

/** Who listens to which session, and what they are told. */
@Injectable()
export class Rooms {
  private server?: Server;

  open(server: Server): void {
    this.server = server;
  }

  announce(session: { sessionId: string; name: string }): void {
    this.server?.emit('session_created', session);
  }

  tell(sessionId: string, type: EventType, data: object): void {
    this.server?.to(roomOf(sessionId)).emit('session_event', { type, sessionId, data });
  }

  enter(socket: Socket, sessionId: string, user: Caller): void {
    if (socket.rooms.has(roomOf(sessionId))) return;
    const known = this.isPresent(sessionId, user.id);
    socket.join(roomOf(sessionId));
    if (!known) {
      socket.to(roomOf(sessionId)).emit('session_event', {
        type: 'user_joined',
        sessionId,
        data: { user: { id: user.id, name: user.name } },
      });
    }
  }

  /** One socket stops listening; the others hear of it when it was its user's last. */
  exit(socket: Socket, sessionId: string, user: Caller): void {
    if (!socket.rooms.has(roomOf(sessionId))) return;
    socket.leave(roomOf(sessionId));
    if (!this.isPresent(sessionId, user.id)) this.tell(sessionId, 'user_left', { userId: user.id, left: false });
  }

  /** The sockets of a connection that ends, before it has left its rooms. */
  lost(socket: Socket, user: Caller): void {
    for (const room of socket.rooms) {
      const sessionId = room.startsWith('session:') ? room.slice('session:'.length) : undefined;
      if (sessionId) this.exit(socket, sessionId, user);
    }
  }

  /** Who is no member any more hears nothing any more. */
  takeOut(sessionId: string, userId: string): void {
    this.tell(sessionId, 'user_left', { userId, left: true });
    for (const socket of this.socketsIn(roomOf(sessionId))) {
      if (socket.data.user?.id === userId) socket.leave(roomOf(sessionId));
    }
  }

  close(sessionId: string): void {
    this.tell(sessionId, 'session_ended', {});
    this.server?.in(roomOf(sessionId)).socketsLeave(roomOf(sessionId));
  }

  endSignIns(ids: string[]): void {
    for (const id of ids) this.server?.in(`sign-in:${id}`).disconnectSockets(true);
  }

  countOf(userId: string): number {
    return this.socketsIn(`user:${userId}`).length;
  }

  get connections(): number {
    return this.server?.sockets.sockets.size ?? 0;
  }

  private isPresent(sessionId: string, userId: string): boolean {
    return this.socketsIn(roomOf(sessionId)).some((socket) => socket.data.user?.id === userId);
  }

  private socketsIn(room: string): Socket[] {
    const ids = this.server?.sockets.adapter.rooms.get(room) ?? new Set<string>();
    return [...ids].flatMap((id) => this.server?.sockets.sockets.get(id) ?? []);
  }
}

export function roomOf(sessionId: string): string {
  return `session:${sessionId}`;
}
