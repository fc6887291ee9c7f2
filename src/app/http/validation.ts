import { ArgumentMetadata, Injectable, PipeTransform, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { CustodyError, errors } from '../../core/index.js';
import { isStrict, QuickCheck } from '../../http/index.js';

/**
 * Requests against their classes: a wrong field is named, with what is allowed. Unknown fields are ignored
 * on MLflow's paths, as MLflow does, and refused on ours.
 */
@Injectable()
export class Validation implements PipeTransform {
  private readonly lenient = new ValidationPipe({ ...COMMON, whitelist: true });
  private readonly strict = new ValidationPipe({ ...COMMON, whitelist: true, forbidNonWhitelisted: true });

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype } = metadata;
    const { quick } = (metatype ?? {}) as Partial<QuickCheck<unknown>>;
    const recognised = quick && metadata.type === 'body' ? quick(value) : undefined;
    if (recognised !== undefined) return Promise.resolve(recognised);
    if (metatype && isStrict(metatype)) return this.strict.transform(value, metadata);
    return this.lenient.transform(metadata.type === 'body' ? withoutNulls(value) : value, metadata);
  }
}

/** In the JSON of protocol buffers `null` is a field that is not set. The body's depth was checked when it was read. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === null ? null : withoutNulls(item)));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const set = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(set.map(([name, field]) => [name, withoutNulls(field)]));
}

const COMMON = { transform: true, exceptionFactory: toError };

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
  return { field, message: mostTelling(problem.constraints ?? {}) };
}

/** Of several things that are wrong with one field, what it should be comes before how large it may be. */
const TELLING = [
  'isDefined',
  'isString',
  'isInt',
  'isNumber',
  'isArray',
  'isObject',
  'isBoolean',
  'isIn',
  'whitelistValidation',
];

function mostTelling(constraints: Readonly<Record<string, string>>): string {
  const name = TELLING.find((each) => constraints[each] !== undefined);
  if (name === 'whitelistValidation') return 'there is no such parameter';
  return (name === undefined ? Object.values(constraints)[0] : constraints[name]) ?? 'is not valid';
}
