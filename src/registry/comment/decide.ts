import { accept, Decider, Decision, ModelId, never, refuse, UserId } from '../../core/index.js';
import { CommentEvent, evolve, MaybeComment, noComment, VersionComment } from './events.js';

const MAX_COMMENT = 10_000;

export type CommentCommand =
  | {
      readonly type: 'say';
      readonly commentId: string;
      readonly modelId: ModelId;
      readonly name: string;
      readonly version: number;
      readonly author: UserId;
      readonly comment: string;
      readonly at: number;
    }
  | { readonly type: 'edit'; readonly by: UserId; readonly comment: string; readonly at: number }
  | { readonly type: 'delete'; readonly by: UserId; readonly at: number };

export const commentStream = (commentId: string): string => `comment-${commentId}`;

/** Only whoever said it changes it or takes it back: an administrator neither puts words into mouths nor hides them. */
export function decide(command: CommentCommand, state: MaybeComment): Decision<CommentEvent> {
  switch (command.type) {
    case 'say': {
      // The same request again: it is there already.
      if (state.status !== 'absent') return accept();
      const { type: _type, ...said } = command;
      return refusedText(said.comment) ?? accept({ type: 'ModelVersionCommented', data: said });
    }
    case 'edit': {
      const refused = notTheirs(command.by, state) ?? refusedText(command.comment);
      if (refused) return refused;
      const { comment, at } = command;
      const found = state as VersionComment;
      if (found.comment === comment) return accept();
      return accept({ type: 'ModelVersionCommentEdited', data: { ...about(found), comment, at } });
    }
    case 'delete': {
      const refused = notTheirs(command.by, state);
      if (refused) return refused;
      const data = { ...about(state as VersionComment), at: command.at };
      return accept({ type: 'ModelVersionCommentDeleted', data });
    }
    default:
      return never(command);
  }
}

const about = ({ commentId, modelId, name, version }: VersionComment) => ({ commentId, modelId, name, version });

function refusedText(comment: string) {
  if (comment.trim() === '') return refuse('invalid', 'comment-empty', 'a comment says something', 'comment');
  if (comment.length > MAX_COMMENT)
    return refuse('invalid', 'comment-too-long', `a comment has up to ${MAX_COMMENT} characters`, 'comment');
  return undefined;
}

function notTheirs(by: UserId, state: MaybeComment) {
  if (state.status !== 'there') return refuse('not-found', 'comment-not-found', 'there is no such comment', 'id');
  if (state.author === by) return undefined;
  return refuse('denied', 'comment-of-another', 'only whoever wrote a comment changes or deletes it', 'id');
}

export const commentDecider: Decider<MaybeComment, CommentCommand, CommentEvent> = {
  initial: noComment,
  evolve,
  decide,
};
