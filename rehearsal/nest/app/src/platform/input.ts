import { ArgumentMetadata, BadRequestException, Injectable, Optional, Type, ValidationPipe } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { registerDecorator, ValidationOptions } from 'class-validator';

/** A query parameter or field that is a whole number within bounds, written with digits alone. */
export function WholeNumber(lowest: number, highest: number, options?: ValidationOptions): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value))(
      target,
      property,
    );
    registerDecorator({
      name: 'wholeNumber',
      target: target.constructor,
      propertyName: String(property),
      options: { message: `${String(property)} must be a whole number from ${lowest} to ${highest}`, ...options },
      validator: {
        validate: (value: unknown) =>
          typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest,
      },
    });
  };
}

export const Trimmed = () => Transform(({ value }) => (typeof value === 'string' ? value.trim() : value));

/** Validates what clients send: unknown fields of a body are refused, unknown query parameters ignored. */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor(@Optional() expectedType?: Type) {
    super({ transform: true, whitelist: true, stopAtFirstError: true, expectedType });
  }

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (holdsNull(value)) throw new BadRequestException('Text must not hold the null character');
    if (metadata.type === 'body') {
      value ??= {};
      if (typeof value !== 'object' || Array.isArray(value)) {
        throw new BadRequestException('The body must be a JSON object');
      }
      this.validatorOptions = { ...this.validatorOptions, forbidNonWhitelisted: true };
    } else {
      this.validatorOptions = { ...this.validatorOptions, forbidNonWhitelisted: false };
    }
    return super.transform(value, metadata);
  }
}

function holdsNull(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key.includes('\0') || holdsNull(inner));
}
