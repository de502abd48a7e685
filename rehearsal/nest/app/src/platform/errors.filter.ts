import { ArgumentsHost, Catch, ExceptionFilter, HttpException, HttpStatus, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { STATUS_CODES } from 'node:http';

interface FromMiddleware {
  statusCode?: number;
  expose?: boolean;
  message?: string;
}

/** Answers every error as `{statusCode, message, error}`; what is nobody's business stays in the log. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  private readonly logger = new Logger('errors');

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') return;
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    const [statusCode, message] = this.described(exception);
    response.status(statusCode).json({ statusCode, message, error: STATUS_CODES[statusCode] ?? 'Error' });
  }

  private described(exception: unknown): [number, string | string[]] {
    if (exception instanceof HttpException) {
      const body = exception.getResponse();
      const message = typeof body === 'string' ? body : (body as { message?: string | string[] }).message;
      return [exception.getStatus(), message ?? exception.message];
    }
    const { statusCode, expose, message } = (exception ?? {}) as FromMiddleware;
    if (statusCode && statusCode >= 400 && statusCode < 500) {
      return [statusCode, expose && message ? message : (STATUS_CODES[statusCode] ?? 'Error')];
    }
    this.logger.error(exception instanceof Error ? exception.stack : String(exception));
    return [HttpStatus.INTERNAL_SERVER_ERROR, 'Something went wrong'];
  }
}
