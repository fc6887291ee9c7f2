import { Random } from './random.js';

/** What a sequence has made so far, as its author believes; a server may have refused some of it. */
export class World {
  readonly experiments: number[] = [];
  readonly runs: number[] = [];
  readonly models: number[] = [];
  readonly webhooks: number[] = [];
  readonly versions = new Map<string, number>();
  /** Some run got its name by chance, on each server another: no list may be ordered by name from then on. */
  unnamed = false;
  private counter = 0;

  constructor(
    readonly random: Random,
    /** Names of one sequence begin alike, so that what earlier ones left does not show. */
    readonly prefix: string,
  ) {}

  number(): number {
    return ++this.counter;
  }

  /** A time of this sequence; never the same twice, so that no order depends on random ids. */
  time(): number {
    return 1_700_000_000_000 + 1000 * this.number();
  }

  experiment(): string {
    return this.random.chance(0.04)
      ? this.random.pick(['4711', '', 'abc', '-1'])
      : this.known('exp', this.experiments, '0');
  }
  run(): string {
    return this.random.chance(0.04)
      ? this.random.pick(['', 'f'.repeat(32), 'no-run', '../etc'])
      : this.known('run', this.runs, 'f'.repeat(32));
  }
  model(): string {
    return this.random.chance(0.04)
      ? this.random.pick([`m-${'f'.repeat(32)}`, 'x'])
      : this.known('model', this.models, `m-${'f'.repeat(32)}`);
  }
  webhook(): string {
    return this.random.chance(0.1) ? 'no-webhook' : this.known('webhook', this.webhooks, 'no-webhook');
  }
  registered(): string {
    return this.random.chance(0.04)
      ? this.random.pick(['', `${this.prefix}no such model`])
      : `${this.prefix}model-${this.random.below(4)}`;
  }
  version(name: string): string {
    if (this.random.chance(0.05)) return this.random.pick(['99', '0', '-1', 'one', '']);
    return String(1 + this.random.below(Math.max(1, this.versions.get(name) ?? 1)));
  }

  private known(kind: string, numbers: readonly number[], otherwise: string): string {
    return numbers.length === 0 ? otherwise : `{{${kind}#${this.random.pick(numbers)}}}`;
  }
}
