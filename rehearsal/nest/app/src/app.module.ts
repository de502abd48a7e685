import { MiddlewareConsumer, Module, NestModule, RequestMethod } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { OriginGuard, RoleGuard, TokenGuard } from './auth/access';
import { AuthController } from './auth/auth.controller';
import { JwtStrategy, SpotifyStrategy } from './auth/strategies';
import { TokensService } from './auth/tokens.service';
import { config } from './config';
import { AnalyticsController } from './music/analytics.controller';
import { MusicController } from './music/music.controller';
import { MusicService } from './music/music.service';
import { AssetsController } from './pages/assets';
import { PagesController } from './pages/pages.controller';
import { DatabaseModule } from './platform/database';
import { ErrorsFilter } from './platform/errors.filter';
import { InputPipe } from './platform/input';
import { NothingController } from './platform/nothing.controller';
import { allowance, LimitsGuard } from './platform/limits.guard';
import { MetricsController, StatusController } from './platform/status.controller';
import { Traffic } from './platform/traffic';
import { Rooms } from './sessions/rooms.service';
import { SessionsController } from './sessions/sessions.controller';
import { SessionsGateway } from './sessions/sessions.gateway';
import { SessionsService } from './sessions/sessions.service';
import { UsersController } from './users/users.controller';
import { UsersService } from './users/users.service';

@Module({
  imports: [
    DatabaseModule,
    PassportModule.register({ session: false }),
    JwtModule.register({
      secret: config.jwtSecret,
      signOptions: { algorithm: 'HS256', expiresIn: config.accessSeconds },
    }),
    ThrottlerModule.forRoot([{ name: 'default', ttl: 3_600_000, limit: allowance }]),
  ],
  controllers: [
    AuthController,
    UsersController,
    MusicController,
    AnalyticsController,
    SessionsController,
    StatusController,
    MetricsController,
    AssetsController,
    PagesController,
    NothingController, // last: what no other has
  ],
  providers: [
    TokensService,
    JwtStrategy,
    SpotifyStrategy,
    UsersService,
    MusicService,
    Rooms,
    SessionsService,
    SessionsGateway,
    Traffic,
    { provide: APP_FILTER, useClass: ErrorsFilter },
    { provide: APP_PIPE, useFactory: () => new InputPipe() },
    { provide: APP_GUARD, useClass: LimitsGuard },
    { provide: APP_GUARD, useClass: OriginGuard },
    { provide: APP_GUARD, useClass: TokenGuard },
    { provide: APP_GUARD, useClass: RoleGuard },
  ],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(Traffic).forRoutes({ path: '{*path}', method: RequestMethod.ALL });
  }
}
