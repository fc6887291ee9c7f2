import { hash } from 'node:crypto';

export interface AcceptanceText {
  readonly version: number;
  readonly text: string;
  /** SHA-256 (hex) of the text in UTF-8. */
  readonly digest: string;
}

/**
 * Never changed once released, since people have accepted them: another wording is another version, and everybody
 * is asked anew before they sign again.
 */
const TEXTS: readonly string[] = [
  `By accepting, I confirm that:

1. My electronic signature in Custody is the legally binding equivalent of my handwritten signature (21 CFR 11.100).
2. I have my account, my password, my second factor and my sign-in at our identity provider for myself alone; I show
   and lend them to nobody, administrators included.
3. Whatever is signed with them under my name I answer for as if I had signed it by hand, until I have reported that
   somebody else may know or hold one of them. I report that at once.
4. Before I sign, I read what I sign: its content as it is shown to me, and what my signature then means.`,
];

export const ACCEPTANCE_TEXTS: readonly AcceptanceText[] = TEXTS.map((text, index) => ({
  version: index + 1,
  text,
  digest: hash('sha256', text, 'hex'),
}));

/** What has to have been accepted by whoever signs. */
export const ACCEPTANCE: AcceptanceText = ACCEPTANCE_TEXTS.at(-1)!;
