import { ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { CustodyError, errors } from '../../core/index.js';
import { QuickCheck } from '../../http/index.js';

/** Unknown fields are ignored, as MLflow does; a wrong one is named, with what is allowed. */
export class Validation extends ValidationPipe {
  constructor() {
    super({ transform: true, whitelist: true, stopAtFirstError: true, exceptionFactory: toError });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { quick } = (metadata.metatype ?? {}) as Partial<QuickCheck<unknown>>;
    const recognised = quick && metadata.type === 'body' ? quick(value) : undefined;
    return recognised === undefined ? super.transform(value, metadata) : Promise.resolve(recognised);
  }
}

function toError(problems: readonly ValidationError[]): CustodyError {
  const { field, message } = first(problems, '');
  return errors.invalid('invalid-parameter', `Invalid value for parameter '${field}': ${message}`, field);
}

function first(problems: readonly ValidationError[], path: string): { field: string; message: string } {
  const problem = problems[0];
  if (!problem) return { field: path, message: 'is not valid' };
  const index = /^\d+$/.test(problem.property) ? `[${problem.property}]` : `.${problem.property}`;
  const field = path === '' ? problem.property : `${path}${index}`;
  if (problem.children && problem.children.length > 0) return first(problem.children, field);
  const [message = 'is not valid'] = Object.values(problem.constraints ?? {});
  return { field, message };
}
