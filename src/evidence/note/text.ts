/** Standard base64 with its padding and nothing else: one text for one value. */
export function decodeStrict(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}

/** As C2SP signed-note has it: not empty, no Unicode space, no plus. */
export const isKeyName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/[\s\u0085+\u0000-\u001f]/u.test(name);
