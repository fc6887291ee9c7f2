import { EventDefinition, JsonObject } from '../../core/index.js';
import { versionResource } from '../model/catalogue.js';
import { CommentEvent } from './events.js';

const of = {
  commentId: 'cm-0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c',
  modelId: '3f2b8a1c9d4e4f60a1b2c3d4e5f60718',
  name: 'Lung_Nodule_Detector',
  version: 3,
  at: 1767603600000,
};

const define = (type: CommentEvent['type'], summary: string, sample: JsonObject): EventDefinition => ({
  type,
  summary,
  stream: 'comment-<comment id>',
  resource: (data) => versionResource(data as unknown as Parameters<typeof versionResource>[0]),
  samples: [sample],
});

export const commentEvents: readonly EventDefinition[] = [
  define('ModelVersionCommented', 'Somebody commented on a version of a model.', {
    ...of,
    author: 'u-01890a5d-ac96-774b-bcce-b302099a8057',
    comment: 'Sensitivity on the second site is lower; see the report.',
  }),
  define('ModelVersionCommentEdited', 'Whoever wrote a comment changed it.', { ...of, comment: 'See the report.' }),
  define('ModelVersionCommentDeleted', 'Whoever wrote a comment took it back; the log keeps it.', of),
];
