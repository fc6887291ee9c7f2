import { describe, it } from '@jest/globals';
import { ModelId, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { commentDecider } from './decide.js';
import { CommentEvent } from './events.js';

const { given } = specFor(commentDecider);
const [ada, bob] = ['u-ada', 'u-bob'] as UserId[];
const of = { commentId: 'cm-1', modelId: 'm' as ModelId, name: 'detector', version: 3, at: 1 };
const said: CommentEvent = { type: 'ModelVersionCommented', data: { ...of, author: ada!, comment: 'good' } };
const gone: CommentEvent = { type: 'ModelVersionCommentDeleted', data: { ...of, at: 2 } };
const say = { type: 'say' as const, ...of, author: ada!, comment: 'good' };

describe('a comment on a version', () => {
  it('is said once for one request', () => {
    given().when(say).then(said);
    given(said).when(say).thenNothing();
  });

  it('is changed and taken back by whoever said it', () => {
    given(said)
      .when({ type: 'edit', by: ada!, comment: 'better', at: 2 })
      .then({ type: 'ModelVersionCommentEdited', data: { ...of, comment: 'better', at: 2 } });
    given(said).when({ type: 'edit', by: ada!, comment: 'good', at: 2 }).thenNothing();
    given(said).when({ type: 'delete', by: ada!, at: 2 }).then(gone);
  });

  it('is touched by nobody else', () => {
    given(said)
      .when({ type: 'edit', by: bob!, comment: 'bad', at: 2 })
      .thenRefused({ kind: 'denied', code: 'comment-of-another' });
    given(said).when({ type: 'delete', by: bob!, at: 2 }).thenRefused({ kind: 'denied', code: 'comment-of-another' });
  });

  it('says something, and not without end', () => {
    given()
      .when({ ...say, comment: ' \n' })
      .thenRefused({ kind: 'invalid', code: 'comment-empty', field: 'comment' });
    given(said)
      .when({ type: 'edit', by: ada!, comment: 'x'.repeat(10_001), at: 2 })
      .thenRefused({ kind: 'invalid', code: 'comment-too-long', field: 'comment' });
  });

  it('that is not there, or no more, is not found', () => {
    given().when({ type: 'delete', by: ada!, at: 2 }).thenRefused({ kind: 'not-found', code: 'comment-not-found' });
    given(said, gone)
      .when({ type: 'edit', by: ada!, comment: 'x', at: 3 })
      .thenRefused({ kind: 'not-found', code: 'comment-not-found' });
  });
});
