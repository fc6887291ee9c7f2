/** What a person wrote, on one line; nothing when it is blank. */
export function lineOfText(most: number): (text: string) => string | undefined {
  return (text) => {
    if (text.trim() === '') return undefined;
    if (text.length > most || !text.isWellFormed() || /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text))
      throw new Error(`must be one line of plain text, of at most ${most} characters`);
    return text.trim();
  };
}
