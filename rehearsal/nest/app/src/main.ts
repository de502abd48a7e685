import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IoAdapter } from '@nestjs/platform-socket.io';
import cookieParser from 'cookie-parser';
import helmet from 'helmet';
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { AppModule } from './app.module';
import { config } from './config';

const PAGES = ['', 'login', 'register', 'home', 'listen/:id', 'assets/:name', 'metrics'];

class Sockets extends IoAdapter {
  createIOServer(port: number, options?: ServerOptions) {
    return super.createIOServer(port, {
      ...options,
      serveClient: true,
      pingInterval: config.socket.pingInterval,
      pingTimeout: config.socket.pingTimeout,
      maxHttpBufferSize: 1_000_000,
      allowRequest: (request: IncomingMessage, done: (error: string | null, allowed: boolean) => void) => {
        const { origin } = request.headers;
        done(null, origin === undefined || origin === config.publicUrl);
      },
    } as ServerOptions);
  }
}

async function start(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    logger: ['error', 'warn'],
  });
  app.useBodyParser('json', { limit: '100kb' });
  app.set('trust proxy', 'loopback');
  app.set('etag', 'weak');
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          connectSrc: ["'self'", config.publicUrl.replace(/^http/, 'ws')],
          imgSrc: ["'self'"],
          styleSrc: ["'self'"],
          fontSrc: ["'self'"],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          formAction: ["'self'"],
        },
      },
      frameguard: { action: 'deny' },
    }),
  );
  app.use(cookieParser());
  // Answers of the API are one person's, or change by the minute: nobody keeps them.
  app.use('/api', (_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.enableCors({
    origin: [config.publicUrl],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  });
  app.setGlobalPrefix('api', { exclude: PAGES.map((path) => ({ path, method: RequestMethod.GET })) });
  app.useWebSocketAdapter(new Sockets(app));
  app.enableShutdownHooks();
  const server = app.getHttpServer();
  // Longer than the edge keeps an idle connection, so that the edge never sends into one that is closing.
  server.keepAliveTimeout = 65_000;
  await app.listen(config.port, config.host);
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
