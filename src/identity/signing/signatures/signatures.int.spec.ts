import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf, Dossier, Signature } from '../../../approvals/index.js';
import { EventDefinition, JsonObject, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { openBrowser } from '../../testing/browser.js';
import { basic } from '../../testing/fake-request.js';
import { IdentityLab } from '../../testing/identity-lab.js';
import { PASSWORD, sign, signatory, WHAT } from '../../testing/signing-people.js';
import { signed } from '../statement.js';
import { signaturesProjection } from './projection.js';
import { SignedDossiers } from './signed-dossiers.js';

const carrier: EventDefinition = {
  type: 'LabSheetSigned',
  summary: 'A sheet of the test’s own was signed.',
  stream: 'approval-<id>',
  resource: () => ({ kind: 'sheet', id: '1' }),
  samples: [{}],
};
const CONTENT = { version: 7, metrics: { recall: 0.98 } };

class Kept extends SignedDossiers {
  dossier: Dossier | undefined = { content: CONTENT, digest: digestOf(CONTENT) };
  of(): Promise<Dossier | undefined> {
    return Promise.resolve(this.dossier);
  }
}

describe('the register of signatures', () => {
  let lab: IdentityLab;
  let rev: UserId;
  let kept: Kept;
  const what = { ...WHAT, digest: digestOf(CONTENT) };
  beforeEach(async () => {
    kept = new Kept();
    lab = await IdentityLab.start({
      events: [carrier],
      moreProjections: [signaturesProjection([carrier.type])],
      ports: [[SignedDossiers, kept]],
    });
    rev = await signatory(lab, 'rev');
  });
  afterEach(() => lab.stop());

  const put = async (signature: Signature, stream = `approval-${signature.subject.id}`) => {
    const event = { type: carrier.type, data: { signature } };
    await lab.app.get(DecisionMaker).record(stream, [event], lab.as(signature.signer));
    await lab.catchUp();
  };
  const get = (path: string) =>
    openBrowser(lab.app).send('GET', path, undefined, { authorization: basic('rev', PASSWORD) });
  const verification = async ({ signatureId }: Signature) => {
    const { status, body } = await get(`signatures/${signatureId}`);
    expect(status).toBe(200);
    return (body['signature'] as JsonObject)['verification'];
  };
  const good = { statement: true, made: true, linked: true, dossier: true, holds: true };

  it('shows who signed, when, what it means, why and of what, and that it holds', async () => {
    const signature = await sign(lab, rev, { password: PASSWORD }, what);
    await put(signature);
    const { body } = await get(`signatures/${signature.signatureId}`);
    const { statementDigest, ...statement } = signature;
    expect(body['signature']).toEqual({
      signature_id: signature.signatureId,
      signer: rev,
      printed_name: 'rev',
      signed_at: '2026-01-05T09:00:00.000000Z',
      meaning: 'approved',
      reason: WHAT.reason,
      subject: WHAT.subject,
      digest: what.digest,
      components: ['password'],
      statement_digest: statementDigest,
      statement: JSON.parse(JSON.stringify(statement)) as object,
      event_id: (await lab.events(carrier.type))[0]!.id,
      verification: good,
    });
  });

  it('says when what was signed is not what is kept any more', async () => {
    const signature = await sign(lab, rev, { password: PASSWORD }, what);
    await put(signature);
    const tampered = { ...CONTENT, version: 8 };
    kept.dossier = { content: tampered, digest: what.digest };
    expect(await verification(signature)).toEqual({ ...good, dossier: false, holds: false });
    kept.dossier = { content: tampered, digest: digestOf(tampered) };
    expect(await verification(signature)).toEqual({ ...good, dossier: false, holds: false });
    kept.dossier = undefined;
    expect(await verification(signature)).toEqual({ ...good, dossier: 'unknown' });
  });

  it('says when a signature was altered, made up, copied, or put under something else', async () => {
    const altered = await sign(lab, rev, { password: PASSWORD }, what);
    await put({ ...altered, reason: 'another reason' });
    expect(await verification(altered)).toEqual({ ...good, statement: false, holds: false });

    const real = await sign(lab, rev, { password: PASSWORD }, what);
    const { statementDigest: _, ...statement } = real;
    const forged = signed({ ...statement, signatureId: 'sg-01890a5d-ac96-774b-bcce-b30209900000' });
    await put(forged);
    expect(await verification(forged)).toEqual({ ...good, made: false, holds: false });
    const others = signed({ ...statement, signer: 'u-of-somebody-else' as UserId });
    await put(others);
    expect(await verification(real)).toMatchObject({ made: false, holds: false });

    const moved = await sign(lab, rev, { password: PASSWORD }, what);
    await put(moved, 'approval-ap-2');
    expect(await verification(moved)).toEqual({ ...good, linked: false, holds: false });
    const copied = await sign(lab, rev, { password: PASSWORD }, what);
    await put(copied);
    expect(await verification(copied)).toEqual(good);
    await put(copied, 'approval-ap-3');
    expect(await verification(copied)).toEqual({ ...good, linked: false, holds: false });
  });

  it('holds on after its signer was erased, without the name', async () => {
    const signature = await sign(lab, rev, { password: PASSWORD }, what);
    await signatory(lab, 'kim');
    await put(signature);
    lab.keystore.erase(rev);
    const headers = { authorization: basic('kim', PASSWORD) };
    const { body } = await openBrowser(lab.app).send('GET', `signatures/${signature.signatureId}`, undefined, headers);
    expect(body['signature']).toMatchObject({ printed_name: '[erased]', verification: good });
  });

  it('lists them by signer and subject, page by page, the latest first', async () => {
    const kim = await signatory(lab, 'kim');
    const made: string[] = [];
    for (const who of [rev, kim, rev]) {
      const signature = await sign(lab, who, { password: PASSWORD }, what);
      await put(signature);
      made.unshift(signature.signatureId);
    }
    const ids = (body: object) =>
      (body as { signatures: { signature_id: string }[] }).signatures.map(({ signature_id }) => signature_id);
    expect(ids((await get('signatures')).body)).toEqual(made);
    expect(ids((await get(`signatures?signer=${kim}`)).body)).toEqual([made[1]]);
    expect(ids((await get('signatures?subject_kind=approval&subject_id=ap-9')).body)).toEqual([]);
    expect(ids((await get(`signatures?subject_kind=approval&subject_id=${WHAT.subject.id}`)).body)).toEqual(made);
    const first = (await get('signatures?limit=2')).body;
    expect(ids(first)).toEqual(made.slice(0, 2));
    expect(ids((await get(`signatures?limit=2&page_token=${String(first['next_page_token'])}`)).body)).toEqual([
      made[2],
    ]);
  });

  it('knows no signature that no record carries, and none by another name', async () => {
    const { signatureId } = await sign(lab, rev, { password: PASSWORD }, what);
    await lab.catchUp();
    for (const id of [signatureId, 'sg-1', '..%2f', 'sg-01890a5d-ac96-774b-bcce-b302099a0000'])
      expect((await get(`signatures/${id}`)).status).toBe(404);
  });
});
