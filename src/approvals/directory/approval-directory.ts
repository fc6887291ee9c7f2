import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { noSuchApproval } from '../approval/refusals.js';
import { APPROVAL_DIRECTORY, directoryDecider, Numbered, Reserve } from './directory.js';

@Injectable()
export class ApprovalDirectory {
  constructor(private readonly decisions: DecisionMaker) {}

  /** The latest request for the same: the one that was asked for, or one that somebody made meanwhile. */
  async reserve(asked: Reserve, context: CommandContext): Promise<Numbered> {
    const { state } = await this.decisions.decide(directoryDecider, APPROVAL_DIRECTORY, asked, context);
    return state.latest.get(asked.key)!;
  }

  async latest(key: string): Promise<Numbered | undefined> {
    return (await this.decisions.load(directoryDecider, APPROVAL_DIRECTORY)).state.latest.get(key);
  }

  /** By its id, or by its number. @throws CustodyError kind `not-found` */
  async idOf(text: string): Promise<string> {
    if (!/^\d{1,9}$/.test(text)) return text;
    const { state } = await this.decisions.load(directoryDecider, APPROVAL_DIRECTORY);
    const id = state.ids.get(Number(text));
    if (id === undefined) throw new CustodyError(noSuchApproval().refusal);
    return id;
  }
}
