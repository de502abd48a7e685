import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { CurrentUser, Public } from '../auth/access';
import type { Caller } from '../auth/tokens.service';
import { Trimmed, WholeNumber } from '../platform/input';
import { CONTEXTS, MusicService, TIMEFRAMES, Track } from './music.service';

const LARGEST_ID = 2 ** 31 - 1;

class SongId {
  @WholeNumber(1, LARGEST_ID) id: number;
}

class Page {
  @IsOptional() @WholeNumber(1, 100) limit = 20;
  @IsOptional() @WholeNumber(0, 100_000) offset = 0;
  @IsOptional() @IsIn(CONTEXTS) context?: (typeof CONTEXTS)[number];
}

class Similar {
  @IsOptional() @WholeNumber(1, 100) limit = 10;
}

class Trending {
  @IsOptional() @IsIn(TIMEFRAMES) timeframe: (typeof TIMEFRAMES)[number] = 'week';
  @IsOptional() @IsString() @Length(1, 40) genre?: string;
  @IsOptional() @WholeNumber(1, 100) limit = 20;
}

class Question {
  @Trimmed() @IsString() @Length(1, 500) query: string;
  @IsOptional() @WholeNumber(1, 100) limit = 20;
}

class Rating {
  @WholeNumber(1, 5) rating: number;
}

@Controller()
export class MusicController {
  constructor(private readonly music: MusicService) {}

  @Get('recommendations')
  recommendations(@CurrentUser() caller: Caller, @Query() page: Page): Promise<Track[]> {
    return this.music.recommendations(caller.id, page.limit, page.offset, page.context);
  }

  @Get('songs/:id')
  song(@Param() { id }: SongId): Promise<Track> {
    return this.music.find(id);
  }

  @Get('songs/:id/similar')
  similar(@CurrentUser() caller: Caller, @Param() { id }: SongId, @Query() { limit }: Similar): Promise<Track[]> {
    return this.music.similar(caller.id, id, limit);
  }

  @Public()
  @Get('trending')
  trending(@Query() { timeframe, genre, limit }: Trending): Promise<Track[]> {
    return this.music.trending(timeframe, genre, limit);
  }

  @Post('nlp-recommendations/query')
  async search(@CurrentUser() caller: Caller, @Body() { query, limit }: Question) {
    return { query, recommendations: await this.music.search(caller.id, query, limit) };
  }

  @Post('feedback/songs/:id')
  async rate(@CurrentUser() caller: Caller, @Param() { id }: SongId, @Body() { rating }: Rating) {
    await this.music.rate(caller.id, id, rating);
    return { songId: id, rating };
  }
}
