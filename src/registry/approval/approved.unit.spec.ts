import { describe, expect, it } from '@jest/globals';
import { ModelId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { ModelCommand } from '../model/command.js';
import { modelDecider } from '../model/decide.js';
import { ModelEvent } from '../model/events.js';
import { actionJson, PromotionAction, recordedAction, sentAction, titleOf } from './actions.js';
import { isGovernedTag } from './governed-tag.js';

const { given } = specFor(modelDecider);
const base = { modelId: 'm1' as ModelId, name: 'detector', at: 1 };
const registered: ModelEvent = { type: 'ModelRegistered', data: { ...base, tags: [] } };
const created = (version: number): ModelEvent => ({
  type: 'ModelVersionCreated',
  data: { ...base, version, source: 's3://bucket/m', tags: [] },
});
const past = [registered, created(1), created(2)];
const approval = { approvalId: 'ap-1', tags: [['Approval_Status', 'Approved']] as const };

const toProduction: ModelCommand = {
  ...base,
  type: 'transition',
  version: 1,
  stage: 'Production',
  archiveExisting: true,
  mayPromote: true,
  approval,
};
const moved: ModelEvent = {
  type: 'ModelVersionStageChanged',
  data: { ...base, version: 1, from: 'None', to: 'Production', archived: [], approvalId: 'ap-1' },
};
const tagged: ModelEvent = {
  type: 'ModelVersionTagSet',
  data: { ...base, version: 1, key: 'Approval_Status', value: 'Approved' },
};

describe('what was approved', () => {
  it('is done with its tags in one decision', () => {
    given(...past)
      .when(toProduction)
      .then(moved, tagged);
  });

  it('is done once, also when it is asked for again after somebody has moved the version on', () => {
    const back: ModelEvent = {
      type: 'ModelVersionStageChanged',
      data: { ...base, version: 1, from: 'Production', to: 'Archived', archived: [] },
    };
    given(...past, moved, tagged)
      .when(toProduction)
      .thenNothing();
    given(...past, moved, tagged, back)
      .when(toProduction)
      .thenNothing();
    given(...past, moved, tagged, back)
      .when({ ...toProduction, approval: { ...approval, approvalId: 'ap-2' } })
      .then({
        type: 'ModelVersionStageChanged',
        data: { ...base, version: 1, from: 'Archived', to: 'Production', archived: [], approvalId: 'ap-2' },
      });
  });

  it('can be an alias, and the end of one', () => {
    const set: ModelEvent = {
      type: 'RegisteredModelAliasSet',
      data: { ...base, alias: 'champion', version: 1, approvalId: 'ap-1' },
    };
    const gone: ModelEvent = {
      type: 'RegisteredModelAliasDeleted',
      data: { ...base, alias: 'champion', version: 1, approvalId: 'ap-2' },
    };
    const command: ModelCommand = {
      ...base,
      type: 'set-alias',
      alias: 'champion',
      version: 1,
      mayPromote: true,
      approval,
    };
    given(...past)
      .when(command)
      .then(set, tagged);
    const end: ModelCommand = {
      ...base,
      type: 'delete-alias',
      alias: 'champion',
      mayPromote: true,
      approval: { approvalId: 'ap-2', tags: [] },
    };
    given(...past, set, tagged)
      .when(end)
      .then(gone);
    given(...past, set, tagged, gone)
      .when(end)
      .thenNothing();
    given(...past, set, tagged, gone)
      .when(command)
      .thenNothing();
  });

  it('has its state told in tags that change only when they are other ones', () => {
    const note: ModelCommand = { ...base, type: 'note-approval', version: 1, tags: approval.tags };
    given(...past)
      .when(note)
      .then(tagged);
    given(...past, tagged)
      .when(note)
      .thenNothing();
    given(...past)
      .when({ ...note, version: 9 })
      .thenRefused({ code: 'version-not-found' });
  });
});

describe('an action', () => {
  const stage: PromotionAction = {
    type: 'stage',
    modelId: 'm1' as ModelId,
    name: 'detector',
    version: 3,
    stage: 'Production',
    archiveExisting: true,
  };
  const alias: PromotionAction = {
    type: 'alias',
    modelId: 'm1' as ModelId,
    name: 'detector',
    version: 3,
    alias: 'champion',
  };

  it.each([stage, alias, { ...alias, type: 'delete-alias' as const }])(
    '%j is recorded and read back as it was',
    (action) => {
      expect(recordedAction(actionJson(action))).toEqual(action);
    },
  );

  it('is read as clients send it: versions as text, stages in any case', () => {
    expect(sentAction({ type: 'stage', name: 'detector', version: '3', stage: 'production' })).toEqual({
      type: 'stage',
      name: 'detector',
      version: 3,
      stage: 'Production',
      archiveExisting: false,
    });
  });

  it.each([
    [{ type: 'stage', name: 'detector', version: 1.5, stage: 'Production' }, 'action.version'],
    [
      { type: 'stage', name: 'detector', version: 1, stage: 'Production', archive_existing_versions: 1 },
      'action.archive_existing_versions',
    ],
    [{ type: 'alias', name: 'detector', version: 1, alias: 'latest' }, 'action.alias'],
    [{ type: 'alias', name: 'detector', version: 1 }, 'action.alias'],
    [{ name: 'detector' }, 'action.type'],
  ])('%j is refused, naming the field', (json, field) => {
    expect(() => sentAction(json)).toThrow(expect.objectContaining({ kind: 'invalid', field }));
  });

  it('is told in words', () => {
    expect([stage, alias, { ...alias, type: 'delete-alias' as const }].map(titleOf)).toEqual([
      'detector version 3 to Production',
      'alias champion of detector to version 3',
      'alias champion of detector taken away from version 3',
    ]);
  });
});

describe('tags of the workflow', () => {
  it.each([
    'Approval_Status',
    'approval.status',
    'APPROVALSTATUS',
    'Reviewer',
    'Approved By',
    'approved-by',
    'Approver',
    'Approval',
    'Approval_Date',
    'Reviewer_Name',
    'Reviewed',
    'Signed_Off_By',
    'Signature',
    'Ａpproval_Status',
    'Аpproval_Status',
    'Approvеd_By',
    'Ѕigned',
  ])('include %s', (key) => expect(isGovernedTag(key)).toBe(true));
  it.each([
    'Data_Source',
    'PHI_Included',
    'Signal_Level',
    'Approximation',
    'status',
    '승인상태',
    'α_level',
    'предыдущий',
  ])('do not include %s', (key) => expect(isGovernedTag(key)).toBe(false));
});
