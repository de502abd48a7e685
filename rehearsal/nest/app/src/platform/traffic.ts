import { Injectable, NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/** Counts answers by method and status, for the metrics. */
@Injectable()
export class Traffic implements NestMiddleware {
  private static readonly counts = new Map<string, number>();

  use(request: Request, response: Response, next: NextFunction): void {
    response.on('finish', () => {
      const labels = `method="${request.method}",status="${response.statusCode}"`;
      Traffic.counts.set(labels, (Traffic.counts.get(labels) ?? 0) + 1);
    });
    next();
  }

  lines(): string[] {
    const samples = [...Traffic.counts].map(([labels, count]) => `http_requests_total{${labels}} ${count}`);
    return ['# TYPE http_requests_total counter', ...samples];
  }
}
