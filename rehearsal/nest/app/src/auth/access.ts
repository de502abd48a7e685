import {
  CanActivate,
  createParamDecorator,
  ExecutionContext,
  ForbiddenException,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { ACCESS_COOKIE, config } from '../config';
import type { Caller } from './tokens.service';

const PUBLIC = 'public';
const ADMINISTRATORS = 'administrators';

export const Public = () => SetMetadata(PUBLIC, true);
export const AdministratorsOnly = () => SetMetadata(ADMINISTRATORS, true);
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest().user,
);

/** Every route asks for a token, unless it says that it is public. */
@Injectable()
export class TokenGuard extends AuthGuard('jwt') {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  canActivate(context: ExecutionContext) {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean>(PUBLIC, targets) || super.canActivate(context);
  }
}

@Injectable()
export class RoleGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (!this.reflector.getAllAndOverride<boolean>(ADMINISTRATORS, targets)) return true;
    if (context.switchToHttp().getRequest().user?.role === 'admin') return true;
    throw new ForbiddenException('Only administrators may see this');
  }
}

/**
 * What changes something on the strength of a cookie must come from our own pages. Browsers name the origin of
 * every such request; whoever sends none is no browser, and has no cookies that others could use.
 */
@Injectable()
export class OriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return true;
    const { origin } = request.headers;
    if (origin === undefined || origin === config.publicUrl) return true;
    if (!request.headers.cookie && request.headers.authorization) return true;
    throw new ForbiddenException('Requests of other sites are not accepted');
  }
}

/** The access token of a request: its bearer token, or that of a browser's cookie. */
export function tokenOf(request: Request): string | null {
  const bearer = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '');
  if (request.headers.authorization !== undefined) return bearer?.[1] ?? null;
  return request.cookies?.[ACCESS_COOKIE] ?? null;
}
