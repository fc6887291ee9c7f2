import { CustodyError, errors } from '../../core/index.js';
import { SEARCH_LIMITS } from './limits.js';

const SHOWN = 40;

/** Makes refusals that say where in the text something is wrong, what stands there, and why it is wrong. */
export class Problem {
  private constructor(
    private readonly source: string,
    private readonly code: string,
    private readonly opening: string,
    private readonly field: string,
    readonly mostCharacters: number,
  ) {}

  static inFilter(source: string): Problem {
    return new Problem(source, 'filter-invalid', 'Invalid filter string', 'filter', SEARCH_LIMITS.filterLength);
  }

  static inOrder(source: string): Problem {
    return new Problem(source, 'order-invalid', 'Invalid order_by clause', 'order_by', SEARCH_LIMITS.orderLength);
  }

  at(from: number, to: number, why: string): CustodyError {
    const words = this.source.slice(from, to).trim();
    const shown = words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words;
    const where = from >= this.source.length ? 'at the end' : `at character ${from + 1}, '${shown.toWellFormed()}'`;
    return errors.invalid(this.code, `${this.opening}: ${where}: ${why}.`, this.field);
  }
}
