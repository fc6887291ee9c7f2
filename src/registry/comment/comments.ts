import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, errors } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { versionResource } from '../model/catalogue.js';
import { CommentCommand, commentDecider, commentStream } from './decide.js';
import { VersionComment } from './events.js';

const ID = /^cm-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The comments there are, each a stream of its own, and decisions over them. */
@Injectable()
export class Comments {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly access: AccessPolicy,
  ) {}

  async find(commentId: string): Promise<VersionComment> {
    if (!ID.test(commentId)) throw notFound();
    const { state } = await this.decisions.load(commentDecider, commentStream(commentId));
    if (state.status !== 'there') throw notFound();
    return state;
  }

  /** Whoever tries it with another's comment is in the trail. */
  async decide(commentId: string, command: CommentCommand, context: CommandContext): Promise<VersionComment> {
    try {
      const { state } = await this.decisions.decide(commentDecider, commentStream(commentId), command, context);
      return state as VersionComment;
    } catch (error) {
      if (!(error instanceof CustodyError) || error.kind !== 'denied') throw error;
      const resource = versionResource(await this.find(commentId));
      const { code, message, field } = error;
      return this.access.refuse(context, { action: 'approval:comment', code, message, field, resource });
    }
  }
}

const notFound = () => errors.notFound('comment-not-found', 'there is no such comment', 'id');
