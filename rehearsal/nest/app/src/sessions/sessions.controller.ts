import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { CurrentUser } from '../auth/access';
import type { Caller } from '../auth/tokens.service';
import { MusicService } from '../music/music.service';
import { Trimmed, WholeNumber } from '../platform/input';
import { LONGEST_PLAYLIST, SessionsService } from './sessions.service';

class SessionId {
  @Transform(({ value }) => String(value).toLowerCase()) @IsUUID() id: string;
}

class NewSession {
  @Trimmed() @IsString() @Length(1, 80) name: string;
}

class Playlist {
  @IsArray()
  @ArrayMaxSize(LONGEST_PLAYLIST)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(2 ** 31 - 1, { each: true })
  tracks: number[];
}

class Limit {
  @IsOptional() @WholeNumber(1, 100) limit = 20;
}

@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly music: MusicService,
  ) {}

  @Get()
  own(@CurrentUser() caller: Caller) {
    return this.sessions.ofMember(caller.id);
  }

  @Post()
  create(@CurrentUser() caller: Caller, @Body() { name }: NewSession) {
    return this.sessions.create(caller.id, name);
  }

  @Get(':id')
  find(@CurrentUser() caller: Caller, @Param() { id }: SessionId) {
    return this.sessions.find(id, caller.id);
  }

  @Post(':id/join')
  join(@CurrentUser() caller: Caller, @Param() { id }: SessionId) {
    return this.sessions.join(id, caller.id);
  }

  @HttpCode(204)
  @Delete(':id/leave')
  leave(@CurrentUser() caller: Caller, @Param() { id }: SessionId) {
    return this.sessions.leave(id, caller.id);
  }

  @Put(':id/playlist')
  playlist(@CurrentUser() caller: Caller, @Param() { id }: SessionId, @Body() { tracks }: Playlist) {
    return this.sessions.replacePlaylist(id, caller.id, tracks);
  }

  @Get(':id/recommendations')
  async recommendations(@CurrentUser() caller: Caller, @Param() { id }: SessionId, @Query() { limit }: Limit) {
    await this.sessions.expectMember(id, caller.id);
    return this.music.forMembers(id, limit);
  }
}
