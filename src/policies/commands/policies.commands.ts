import { Command } from '@nestjs/cqrs';
import { CommandContext } from '../../core/index.js';

export interface Drafted {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
}

/** Writes a version down. It has no effect before it is published. */
export class DraftPolicy extends Command<Drafted> {
  constructor(
    readonly context: CommandContext,
    readonly source: string,
  ) {
    super();
  }
}

export interface Asked {
  readonly approvalId: string;
  readonly number: number;
  readonly state: string;
  /** Of what the approvers are shown. */
  readonly digest: string;
}

/** Tries a version on the history and asks for its approval; the context's reason says why. */
export class ProposePolicy extends Command<Asked> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly name: string; readonly version: number },
  ) {
    super();
  }
}

/** Asks that the version in force be in force no more. */
export class RetirePolicy extends Command<Asked> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
  ) {
    super();
  }
}
