import { Controller, Get } from '@nestjs/common';
import { AdministratorsOnly } from '../auth/access';
import { Database } from '../platform/database';

@AdministratorsOnly()
@Controller('analytics')
export class AnalyticsController {
  constructor(private readonly database: Database) {}

  @Get('sessions')
  sessions() {
    return this.database.row(
      `select (select count(*)::int from listening_session) as open,
              (select count(*)::int from session_member) as members`,
    );
  }

  @Get('playlists')
  playlists() {
    return this.database.row('select count(*)::int as tracks from session_track');
  }

  @Get('users')
  users() {
    return this.database.row('select count(*)::int as accounts from app_user');
  }
}
