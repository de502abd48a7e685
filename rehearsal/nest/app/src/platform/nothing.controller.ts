import { All, Controller, NotFoundException, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Public } from '../auth/access';

/** Answers what no route has, so that the limits hold there too. */
@Public()
@Controller()
export class NothingController {
  @All('*path')
  nothing(@Req() request: Request): never {
    throw new NotFoundException(`Cannot ${request.method} ${request.path}`);
  }
}
