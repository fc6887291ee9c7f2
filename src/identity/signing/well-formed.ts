import { MEANINGS, Signer } from '../../approvals/index.js';
import { errors } from '../../core/index.js';

const DIGEST = /^[0-9a-f]{64}$/;
const KIND = /^[a-z][a-z-]{0,63}$/;
const ID = /^[\w.:-]{1,128}$/;
const MOST_REASON = 2000;

type What = Parameters<Signer['sign']>[1];

/** The meaning, subject and digest of a signature as a client names them. @throws CustodyError kind `invalid` */
export function checkedMatter<Asked extends Omit<What, 'reason'>>(asked: Asked): Asked {
  const { meaning, subject, digest } = asked;
  if (!MEANINGS.includes(meaning))
    throw errors.invalid('meaning-unknown', `meaning is one of ${MEANINGS.join(', ')}`, 'meaning');
  if (!KIND.test(subject.kind)) throw errors.invalid('subject-invalid', 'that is no kind of subject', 'subject_kind');
  if (!ID.test(subject.id)) throw errors.invalid('subject-invalid', 'that is no id of a subject', 'subject_id');
  if (!DIGEST.test(digest)) {
    const message = 'digest is the SHA-256 of the dossier that was shown, in 64 hexadecimal digits';
    throw errors.invalid('digest-invalid', message, 'digest');
  }
  return asked;
}

/** Nothing but what the contract names goes into the statement, whatever else came along. */
export function checkedStatement(what: What): What {
  const { meaning, reason, subject, digest } = checkedMatter(what);
  if (reason.trim() === '')
    throw errors.invalid('reason-required', 'say why: a signature needs a reason (21 CFR 11.50)', 'reason');
  if (reason.length > MOST_REASON || !reason.isWellFormed()) {
    const message = `reason is well-formed text of at most ${MOST_REASON} characters`;
    throw errors.invalid('reason-invalid', message, 'reason');
  }
  return { meaning, reason, subject: { kind: subject.kind, id: subject.id }, digest };
}
