import { DomainEvent, ModelId, never, UserId } from '../../core/index.js';

/** In all events: which comment on which version; the model's name at the time, server time of the command in ms. */
interface OfComment {
  readonly commentId: string;
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  readonly at: number;
}

export type CommentEvent =
  | DomainEvent<'ModelVersionCommented', OfComment & { readonly author: UserId; readonly comment: string }>
  /** What it said before stays in the log. */
  | DomainEvent<'ModelVersionCommentEdited', OfComment & { readonly comment: string }>
  | DomainEvent<'ModelVersionCommentDeleted', OfComment>;

export interface VersionComment {
  readonly status: 'there' | 'deleted';
  readonly commentId: string;
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  readonly author: UserId;
  readonly comment: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type MaybeComment = VersionComment | { readonly status: 'absent' };

export const noComment: MaybeComment = { status: 'absent' };

export function evolve(state: MaybeComment, event: CommentEvent): MaybeComment {
  switch (event.type) {
    case 'ModelVersionCommented': {
      const { at, ...said } = event.data;
      return { ...said, status: 'there', createdAt: at, updatedAt: at };
    }
    case 'ModelVersionCommentEdited': {
      const { comment, at: updatedAt } = event.data;
      return state.status === 'absent' ? state : { ...state, comment, updatedAt };
    }
    case 'ModelVersionCommentDeleted':
      return state.status === 'absent' ? state : { ...state, status: 'deleted', updatedAt: event.data.at };
    default:
      return never(event);
  }
}
