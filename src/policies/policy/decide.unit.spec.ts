import { describe, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { policyOf } from '../document/check.js';
import { directoryDecider, PolicyCommand, policyDecider } from './decide.js';
import { DryRun, PolicyDrafted, PolicyProposed, PolicyPublished, PolicyRetired } from './events.js';

const { given } = specFor(policyDecider);
const directory = specFor(directoryDecider);

const source = `custody_policy: 1
name: p
models: ["*"]
protects: { stages: [Production] }
approvals: { steps: [{ role: reviewer }] }
`;
const document = policyOf(source);
const author = 'u-kim' as UserId;
const digest = (version: number) => String(version).repeat(64);
const of = (version: number) => ({ name: 'p', version, digest: digest(version) });
const dryRun: DryRun = { asOf: 7, considered: 3, leftOut: [], blocked: [] };
const approvalId = 'ap-1';

const drafted = (version: number): PolicyDrafted => ({
  type: 'PolicyDrafted',
  data: { ...of(version), author, source, document },
});
const proposed = (version: number): PolicyProposed => ({ type: 'PolicyProposed', data: { ...of(version), dryRun } });
const published = (version: number, replaces?: number): PolicyPublished => ({
  type: 'PolicyPublished',
  data: { ...of(version), approvalId, ...(replaces === undefined ? {} : { replaces }) },
});
const retired = (version: number): PolicyRetired => ({ type: 'PolicyRetired', data: { ...of(version), approvalId } });

const draft = (version: number): PolicyCommand => ({
  type: 'draft',
  name: 'p',
  digest: digest(version),
  author,
  source,
  document,
});
const propose = (version: number): PolicyCommand => ({ type: 'propose', name: 'p', version, dryRun });
const publish = (version: number, its = digest(version)): PolicyCommand => ({
  type: 'publish',
  name: 'p',
  version,
  digest: its,
  approvalId,
});
const retire = (version: number): PolicyCommand => ({ type: 'retire', name: 'p', version, approvalId });

describe('a policy', () => {
  it('gets a number with each new text', () => {
    given().when(draft(1)).then(drafted(1));
    given(drafted(1)).when(draft(2)).then(drafted(2));
  });
  it('is not written twice', () => given(drafted(1)).when(draft(1)).thenNothing());
  it('may be written again as it was before the last version', () =>
    given(drafted(1), drafted(2))
      .when(draft(1))
      .then({ type: 'PolicyDrafted', data: { ...drafted(1).data, version: 3 } }));

  it('is proposed with its trial, again when that came out differently', () => {
    given(drafted(1)).when(propose(1)).then(proposed(1));
    given(drafted(1), proposed(1)).when(propose(1)).thenNothing();
  });
  it('is not proposed when it is not there, in force, or older than what was', () => {
    given().when(propose(1)).thenRefused({ code: 'policy-not-found' });
    given(drafted(1)).when(propose(2)).thenRefused({ code: 'policy-version-not-found' });
    given(drafted(1), published(1)).when(propose(1)).thenRefused({ code: 'policy-published' });
    given(drafted(1), drafted(2), published(2)).when(propose(1)).thenRefused({ code: 'policy-superseded' });
    given(drafted(1), drafted(2), published(2), retired(2)).when(propose(1)).thenRefused({ code: 'policy-superseded' });
  });

  it('comes into force, once', () => {
    given(drafted(1), proposed(1)).when(publish(1)).then(published(1));
    given(drafted(1), published(1)).when(publish(1)).thenNothing();
  });
  it('takes the place of the one before it', () =>
    given(drafted(1), published(1), drafted(2)).when(publish(2)).then(published(2, 1)));
  it('comes into force only as what was approved', () =>
    given(drafted(1))
      .when(publish(1, digest(2)))
      .thenRefused({ code: 'policy-changed' }));
  it('never goes back to an older version', () =>
    given(drafted(1), drafted(2), published(2)).when(publish(1)).thenRefused({ code: 'policy-superseded' }));

  it('is retired once, and only the version that is in force', () => {
    given(drafted(1), published(1)).when(retire(1)).then(retired(1));
    given(drafted(1), published(1), retired(1)).when(retire(1)).thenNothing();
    given(drafted(1), published(1), drafted(2), published(2, 1))
      .when(retire(1))
      .thenRefused({ code: 'policy-not-in-force' });
    given(drafted(1)).when(retire(1)).thenRefused({ code: 'policy-not-in-force' });
    given().when(retire(1)).thenRefused({ code: 'policy-not-found' });
  });
  it('may come back as a new version', () =>
    given(drafted(1), published(1), retired(1), drafted(2)).when(publish(2)).then(published(2)));
});

describe('the directory of policies', () => {
  it('lists a name once', () => {
    directory
      .given()
      .when('p')
      .then({ type: 'PolicyListed', data: { name: 'p' } });
    directory
      .given({ type: 'PolicyListed', data: { name: 'p' } })
      .when('p')
      .thenNothing();
  });
});
