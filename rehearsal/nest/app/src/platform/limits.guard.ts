import { ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  ThrottlerModuleOptions,
  ThrottlerStorage,
} from '@nestjs/throttler';
import type { Request } from 'express';
import { tokenOf } from '../auth/access';
import { TokensService } from '../auth/tokens.service';
import { config } from '../config';

declare module 'express' {
  interface Request {
    /** Whose requests these are counted as: a user's, or a client address's. */
    countedAs?: { tracker: string; signedIn: boolean };
  }
}

/** One allowance for all routes of a user, another for an address without a token; sign-in has its own. */
@Injectable()
export class LimitsGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly tokens: TokensService,
  ) {
    super(options, storage, reflector);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const token = tokenOf(request);
    const caller = token ? await this.tokens.caller(token) : undefined;
    request.countedAs = caller
      ? { tracker: `user ${caller.id}`, signedIn: true }
      : { tracker: `address ${request.ip}`, signedIn: false };
    return super.canActivate(context);
  }

  protected async getTracker(request: Request): Promise<string> {
    return request.countedAs!.tracker;
  }

  protected generateKey(context: ExecutionContext, tracker: string, name: string): string {
    return name === 'default' ? `all ${tracker}` : super.generateKey(context, tracker, name);
  }
}

export function allowance(context: ExecutionContext): number {
  const { countedAs } = context.switchToHttp().getRequest<Request>();
  return countedAs?.signedIn ? config.limits.signedIn : config.limits.anonymous;
}
