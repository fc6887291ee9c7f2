import { WitnessingLog } from '../port.js';

/** Keeps what would have been written. */
export class KeptLog implements WitnessingLog {
  readonly lines: string[] = [];
  readonly info = (_facts: object, line: string) => void this.lines.push(`info ${line}`);
  readonly warn = (_facts: object, line: string) => void this.lines.push(`warn ${line}`);
  readonly error = (_facts: object, line: string) => void this.lines.push(`error ${line}`);
}
