import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { SkipThrottle } from '@nestjs/throttler';
import type { Response } from 'express';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Public } from '../auth/access';

const FOLDER = join(__dirname, '..', '..', 'public');
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface Asset {
  type: string;
  content: Buffer;
}

const served = new Map<string, Asset>();
const named = new Map<string, string>();
for (const file of readdirSync(FOLDER)) {
  const content = readFileSync(join(FOLDER, file));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const extension = extname(file);
  const name = `${file.slice(0, -extension.length)}-${hash}${extension}`;
  served.set(name, { type: TYPES[extension], content });
  named.set(file, `/assets/${name}`);
}

/** The address of a file of `public`, which changes with its content. */
export function asset(file: string): string {
  return named.get(file)!;
}

@Public()
@SkipThrottle()
@Controller('assets')
export class AssetsController {
  @Get(':name')
  find(@Param('name') name: string, @Res() response: Response): void {
    const found = served.get(name);
    if (!found) throw new NotFoundException();
    response.setHeader('Content-Type', found.type);
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    response.send(found.content);
  }
}
