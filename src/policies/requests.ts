import { errors } from '../core/index.js';

export function versionNumber(text: string, field = 'version'): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw errors.invalid(
    'invalid-parameter',
    `Invalid value for parameter '${field}': a version is a number from 1 on`,
    field,
  );
}
