import { Injectable } from '@nestjs/common';
import { Approvals, turnOf } from '../../approvals/index.js';
import { Requests, Turn } from '../../mail/index.js';

/** The port of the room that writes to people, filled by the one that knows what requests take. */
@Injectable()
export class WhoseTurn extends Requests {
  constructor(private readonly approvals: Approvals) {
    super();
  }

  async turnAt(approvalId: string, revision: number): Promise<Turn> {
    return turnOf(await this.approvals.at(approvalId, revision));
  }
}
