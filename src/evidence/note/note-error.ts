export type NoteProblem = 'malformed' | 'bad-signature' | 'no-known-key' | 'bad-key';

/** Why a note, or a key for notes, can't be trusted; `problem` tells which kind, the message tells it in words. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
  constructor(
    readonly problem: NoteProblem,
    message: string,
  ) {
    super(message);
  }
}
