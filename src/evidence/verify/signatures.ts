import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Envelope } from '../bundle/line.js';
import { SpilledMap } from '../bundle/spilled-map.js';
import { isObject } from './envelope.js';
import { Findings, short, Which } from './findings.js';

type Object = Readonly<Record<string, unknown>>;

/**
 * Electronic signatures (21 CFR 11.50, 11.70), from the log alone: each one says what was signed, was made on its
 * signer's own stream before, is carried once, by the record it was made for, and is about a dossier shown there.
 */
export class SignatureCheck {
  /** Statement digests on signers' streams, by `signer signatureId`. */
  private readonly made = new SpilledMap();
  private readonly carried = new SpilledMap();
  /** By `stream digest`, and by `stream`. */
  private readonly dossiers = new SpilledMap();
  checked = 0;

  constructor(private readonly findings: Findings) {}

  take(index: number, { type, stream, revision, id, data }: Envelope): void {
    const which = { index, type, stream, revision, id };
    const { dossier, signature, signatureId, statementDigest } = data as Object;
    if (isObject(dossier)) this.keepDossier(which, stream, dossier);
    if (type === 'SignatureMade') this.made.set(`${stream} ${String(signatureId)}`, String(statementDigest));
    else if (isObject(signature) && 'signatureId' in signature) this.check(which, stream, signature);
  }

  close(): void {
    for (const map of [this.made, this.carried, this.dossiers]) map.close();
  }

  private keepDossier(which: Which, stream: string, { content, digest }: Object): void {
    if (!isObject(content) || typeof digest !== 'string') return;
    if (digestOf(content) !== digest)
      this.findings.at(which, 'dossier-altered', `shows a dossier that does not have its digest ${short(digest)}`);
    this.dossiers.set(`${stream} ${digest}`, '');
    this.dossiers.set(stream, '');
  }

  private check(which: Which, stream: string, signature: Object): void {
    this.checked += 1;
    const { statementDigest, ...statement } = signature;
    const { signatureId, signer, subject, digest } = statement;
    const forged = (why: string) =>
      this.findings.at(which, 'signature-forged', `carries the signature ${short(String(signatureId))}: ${why}`);
    const id = String(signatureId);
    if (digestOf(statement) !== statementDigest)
      forged('what it says is not what was signed (its statementDigest does not fit)');
    const made = this.made.get(`user-${String(signer)} ${id}`);
    if (made === undefined) forged(`nobody made it (the signer's own stream has nothing of it before)`);
    else if (made !== statementDigest) forged(`its signer made it with another content (statementDigest ${made})`);
    const earlier = this.carried.get(id);
    if (earlier !== undefined) forged(`event ${earlier} carries it already, and a signature is for one record`);
    this.carried.set(id, String(which.index + 1));
    this.checkRecord(stream, { subject, digest }, forged);
  }

  private checkRecord(stream: string, { subject, digest }: Object, forged: (why: string) => void): void {
    const record = isObject(subject) ? `${String(subject['kind'])}-${String(subject['id'])}` : undefined;
    if (record !== stream) forged(`it was made for ${short(String(record))}, another record`);
    if (this.dossiers.get(stream) !== undefined && this.dossiers.get(`${stream} ${String(digest)}`) === undefined)
      forged(`no dossier that was shown there has the digest that was signed (${short(String(digest))})`);
  }
}

/** `undefined` for what has no canonical form, such as half a character: then it fits no digest. */
function digestOf(content: Object): string | undefined {
  try {
    return hash('sha256', canonicalize(content)!, 'hex');
  } catch {
    return undefined;
  }
}
