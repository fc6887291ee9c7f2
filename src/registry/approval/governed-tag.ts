/** What the workflow itself writes. */
export const APPROVAL_STATUS = 'Approval_Status';
export const APPROVAL_REQUEST = 'Approval_Request';
export const APPROVED_BY = 'Approved_By';
export const REVIEWER = 'Reviewer';

/** What the workflow wrote is no part of what it is asked about. */
const WRITTEN: ReadonlySet<string> = new Set([APPROVAL_STATUS, APPROVAL_REQUEST, APPROVED_BY, REVIEWER]);
export const isWrittenByWorkflow = (key: string): boolean => WRITTEN.has(key);

/** How keys begin that tell people of an approval, a review or a signature: `Approval_Date`, `Reviewed`, `Signed_Off_By`. */
const BEGINNINGS = ['approv', 'review', 'signed', 'signoff', 'signature'];
/** So many Latin letters of a beginning, and letters of other scripts in the place of the others, look like it. */
const LATIN_ENOUGH = 2;

/** However it is written: `approval.status`, full-width letters, or a Cyrillic letter that looks like a Latin one. */
export function isGovernedTag(key: string): boolean {
  const letters = [
    ...key
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  ];
  return BEGINNINGS.some((beginning) => looksLike(beginning, letters));
}

function looksLike(beginning: string, letters: readonly string[]): boolean {
  if (letters.length < beginning.length) return false;
  const same = [...beginning].filter((letter, index) => letter === letters[index]).length;
  const foreign = letters
    .slice(0, beginning.length)
    .filter((letter) => !/[\p{Script=Latin}\p{N}]/u.test(letter)).length;
  return same >= LATIN_ENOUGH && same + foreign === beginning.length;
}
