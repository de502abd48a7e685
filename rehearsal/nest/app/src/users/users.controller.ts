import { Controller, Delete, Get, HttpCode, NotFoundException, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentUser } from '../auth/access';
import { clearCookies } from '../auth/cookies';
import { Caller, TokensService } from '../auth/tokens.service';
import { SessionsService } from '../sessions/sessions.service';
import { Account, UsersService } from './users.service';

@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: TokensService,
  ) {}

  @Get('me')
  async me(@CurrentUser() caller: Caller): Promise<Account> {
    const account = await this.users.find(caller.id);
    if (!account) throw new NotFoundException('The account does not exist any more');
    return account;
  }

  @HttpCode(204)
  @Delete('me')
  async remove(@CurrentUser() caller: Caller, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.leaveAll(caller.id);
    this.tokens.events.emit('ended', await this.users.remove(caller.id));
    clearCookies(response);
  }
}
