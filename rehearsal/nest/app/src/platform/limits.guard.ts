import { ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  ThrottlerLimitDetail,
  ThrottlerModuleOptions,
  ThrottlerStorage,
} from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { tokenOf } from '../auth/access';
import { TokensService } from '../auth/tokens.service';
import { config } from '../config';

const RAISED = 100;

declare module 'express' {
  interface Request {
    /** Whose requests these are counted as: a user's, or a client address's. */
    countedAs?: { tracker: string; signedIn: boolean; factor: number };
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
    const address = (request.ip ?? '').replace(/^::ffff:/, '');
    const factor = config.limits.raisedFor.includes(address) ? RAISED : 1;
    request.countedAs = caller
      ? { tracker: `user ${caller.id}`, signedIn: true, factor }
      : { tracker: `address ${address}`, signedIn: false, factor };
    return super.canActivate(context);
  }

  protected async getTracker(request: Request): Promise<string> {
    return request.countedAs!.tracker;
  }

  /** A refusal names its limit as every answer does. */
  protected async throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const response = context.switchToHttp().getResponse<Response>();
    response.setHeader('X-RateLimit-Limit', detail.limit);
    response.setHeader('X-RateLimit-Remaining', 0);
    response.setHeader('X-RateLimit-Reset', detail.timeToExpire);
    return super.throwThrottlingException(context, detail);
  }

  protected generateKey(context: ExecutionContext, tracker: string, name: string): string {
    return name === 'default' ? `all ${tracker}` : super.generateKey(context, tracker, name);
  }
}

export function allowance(context: ExecutionContext): number {
  const { countedAs } = context.switchToHttp().getRequest<Request>();
  return (countedAs?.signedIn ? config.limits.signedIn : config.limits.anonymous) * (countedAs?.factor ?? 1);
}

export function signInAllowance(context: ExecutionContext): number {
  const { countedAs } = context.switchToHttp().getRequest<Request>();
  return config.limits.signIn * (countedAs?.factor ?? 1);
}
