import { Controller, Get, Header, Res, ServiceUnavailableException } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import type { Response } from 'express';
import { Public } from '../auth/access';
import { config } from '../config';
import { Rooms } from '../sessions/rooms.service';
import { Database } from './database';
import { Traffic } from './traffic';

type State = { status: 'up' | 'down' };

@Public()
@SkipThrottle()
@Controller()
export class StatusController {
  constructor(private readonly database: Database) {}

  /** In the form of Nest's own Terminus. Without the database nothing works; without the provider most does. */
  @Get('health')
  async health(@Res({ passthrough: true }) response: Response) {
    const [database, recommender, spotify] = await Promise.all([
      state(this.database.rows('select 1')),
      state(this.database.rows('select id from track limit 1').then((found) => found.length || Promise.reject())),
      state(
        fetch(config.spotify.healthUrl, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(2000) }).then(
          (answer) => (answer.status < 500 ? undefined : Promise.reject()),
        ),
      ),
    ]);
    const details = { database, recommender, spotify };
    const vital = database.status === 'up' && recommender.status === 'up';
    if (!vital) response.status(503);
    response.setHeader('Cache-Control', 'no-store');
    return { status: vital ? 'ok' : 'error', details };
  }

  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready() {
    if ((await state(this.database.rows('select 1'))).status === 'down') {
      throw new ServiceUnavailableException('The database does not answer');
    }
    return { status: 'ok' };
  }

  @Get('version')
  version() {
    const { version, commit, builtAt, instance } = config.release;
    return { version, commit, builtAt, instance };
  }
}

@Public()
@SkipThrottle()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly rooms: Rooms,
    private readonly traffic: Traffic,
  ) {}

  /** For the inside only: the edge passes nothing of this path on. */
  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4')
  metrics(): string {
    return [
      ...this.traffic.lines(),
      '# TYPE socketio_connections gauge',
      `socketio_connections ${this.rooms.connections}`,
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${process.memoryUsage().rss}`,
      '',
    ].join('\n');
  }
}

async function state(asked: Promise<unknown>): Promise<State> {
  return asked.then(
    () => ({ status: 'up' }) as const,
    () => ({ status: 'down' }) as const,
  );
}
