import { errors } from '../../core/index.js';

/**
 * Lets a few through at a time and a bounded queue wait: checking passwords costs memory and processor by
 * design, and a flood of sign-ins must not take them from everybody else.
 */
export class Turnstile {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly queue: number,
  ) {}

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.atOnce) {
      if (this.waiting.length >= this.queue)
        throw errors.limit('too-many-sign-ins', 'too many sign-ins at once; try again in a moment');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      // The place goes straight to the next one in line, if there is one.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
