import { resolve } from 'node:path';

/* What the text of a setting may be. Each answers the value, or throws an Error that says what is allowed. */

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

export function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };
}

export function bool(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0' || text === '') return false;
  throw new Error('must be true or false');
}

export function file(text: string): string | undefined {
  return text === '' ? undefined : resolve(text);
}

export function hostName(text: string): string {
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(text)) throw new Error('must be a host name or an IP address');
  return text;
}

export function ledgerUrl(text: string): string {
  if (text === '' || /^sqlite:\/\/\/.+/.test(text) || /^(esdb|kurrentdb)(\+discover)?:\/\/.+/.test(text)) return text;
  throw new Error('must be sqlite:///path/to/log.db, esdb://host:port?… or kurrentdb://host:port?…');
}

export function masterKey(text: string): string | undefined {
  if (text === '') return undefined;
  if (Buffer.from(text, 'base64').length !== 32) throw new Error('must be base64 of exactly 32 bytes');
  return text;
}
