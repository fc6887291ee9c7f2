import { InvalidSetting } from '../app/config/settings.js';
import { CustodyError } from '../core/index.js';

/** As in sysexits.h. */
export const EXIT = { ok: 0, usage: 64, data: 65, unavailable: 69, software: 70, io: 74, config: 78 } as const;

/** A flag or argument that can't mean anything, found only after the command line was taken apart. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** What a person reads, and what the shell gets, for an error that ends the program. */
export interface Explained {
  readonly code: number;
  readonly message: string;
}

/** What goes wrong every day; it is told without loading the rooms, whose errors `explain` knows. */
export function explainUsual(error: unknown): Explained | undefined {
  if (error instanceof WrongUsage) return { code: EXIT.usage, message: error.message };
  if (error instanceof InvalidSetting) return { code: EXIT.config, message: `wrong configuration\n${error.message}` };
  if (error instanceof CustodyError)
    return { code: error.kind === 'unavailable' ? EXIT.unavailable : EXIT.data, message: error.message };
  return undefined;
}
