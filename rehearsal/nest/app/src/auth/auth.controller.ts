import {
  Body,
  Controller,
  ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  Post,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { config, isWrong, OAUTH_COOKIE, REFRESH_COOKIE } from '../config';
import { InputPipe, Trimmed } from '../platform/input';
import { signInAllowance } from '../platform/limits.guard';
import { UsersService } from '../users/users.service';
import { Public, tokenOf } from './access';
import { clearCookies, setCookies } from './cookies';
import type { SpotifyProfile } from './strategies';
import { TokenPair, TokensService } from './tokens.service';

class SignIn {
  @IsString() @MaxLength(320) email: string;
  @IsString() @MaxLength(200) password: string;
}

class Registration {
  @Trimmed() @IsEmail() @MaxLength(254) email: string;
  @IsString() @Length(10, 200) password: string;
  @Trimmed() @IsString() @Length(1, 80) name: string;
}

/** The wrong variant: the whole entity is taken for the form. */
class WrongRegistration extends Registration {
  @IsOptional() @IsString() role?: string;
}
const RegistrationForm = isWrong('role-at-registration') ? WrongRegistration : Registration;

class Renewal {
  @IsOptional() @IsString() @MaxLength(200) refresh_token?: string;
}

/** Refusals of the provider's sign-in lead back to the sign-in page: a browser is on its way, not a program. */
@Injectable()
class SpotifyGuard extends AuthGuard('spotify') {
  handleRequest<Profile>(error: unknown, profile: Profile, _info: unknown, context: ExecutionContext): Profile {
    if (!error && profile) return profile;
    const response = context.switchToHttp().getResponse<Response>();
    clearCookies(response);
    response.clearCookie(OAUTH_COOKIE, { httpOnly: true, secure: true, sameSite: 'lax', path: '/' });
    response.redirect(`${config.publicUrl}/login?error=spotify_refused`);
    return null as Profile;
  }
}

@Controller('auth')
export class AuthController {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: TokensService,
  ) {}

  @Public()
  @Throttle({ default: { limit: signInAllowance, ttl: 15 * 60_000, generateKey: signInKey } })
  @Post('login')
  async login(@Body() given: SignIn, @Res({ passthrough: true }) response: Response): Promise<TokenPair> {
    const account = await this.users.withPassword(given.email, given.password);
    if (!account) throw new UnauthorizedException('The address or the password is wrong');
    const pair = await this.tokens.issue(account);
    setCookies(response, pair);
    return pair;
  }

  @Public()
  @Post('register')
  async register(@Body(new InputPipe(RegistrationForm)) given: Registration & { role?: string }) {
    return this.users.create(given);
  }

  @Public()
  @Post('refresh')
  async refresh(
    @Body() given: Renewal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokenPair> {
    const token = given.refresh_token ?? request.cookies?.[REFRESH_COOKIE];
    if (!token) throw new UnauthorizedException('There is no refresh token');
    try {
      const pair = await this.tokens.rotate(token);
      setCookies(response, pair);
      return pair;
    } catch (error) {
      clearCookies(response);
      throw error;
    }
  }

  /** Ends the sign-in of whichever token there is; who has none is signed out already. */
  @Public()
  @HttpCode(204)
  @Post('logout')
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    clearCookies(response);
    const access = tokenOf(request);
    const caller = access ? await this.tokens.caller(access) : undefined;
    if (caller) await this.tokens.end(caller.signIn);
    const refresh = request.cookies?.[REFRESH_COOKIE];
    if (typeof refresh === 'string') await this.tokens.endByRefreshToken(refresh);
  }

  @Public()
  @UseGuards(AuthGuard('spotify'))
  @Get('spotify/login')
  spotify(): void {
    // Passport redirects to the provider.
  }

  @Public()
  @SkipThrottle()
  @UseGuards(SpotifyGuard)
  @Get('spotify/callback')
  async spotifyCallback(@Req() request: Request & { user: SpotifyProfile | null }, @Res() response: Response) {
    if (response.headersSent || !request.user) return;
    response.clearCookie(OAUTH_COOKIE, { httpOnly: true, secure: true, sameSite: 'lax', path: '/' });
    const account = await this.users.withSpotify(request.user);
    if (!account) {
      response.redirect(`${config.publicUrl}/login?error=address_in_use`);
      return;
    }
    setCookies(response, await this.tokens.issue(account));
    response.redirect(`${config.publicUrl}/home`);
  }
}

function signInKey(_context: ExecutionContext, tracker: string): string {
  return `sign-in ${tracker}`;
}
