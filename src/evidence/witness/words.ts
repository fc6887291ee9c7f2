/** The text of a file or an answer is none of the format; the message tells why, and where. */
export class WitnessingError extends Error {
  override readonly name = 'WitnessingError';
}

/** What another server says goes into logs and pages of ours: one short line without anything that moves a cursor. */
export function oneLine(text: string, most = 300): string {
  const line = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
