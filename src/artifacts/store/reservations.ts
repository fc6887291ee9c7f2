/** Bytes that are on their way in, by whom they are held against. */
export class Reservations {
  private readonly held = new Map<string, number>();

  of(holder: string): number {
    return this.held.get(holder) ?? 0;
  }

  /** Answers how to give them back, to be called once. */
  reserve(holder: string, bytes: number): () => void {
    this.held.set(holder, this.of(holder) + bytes);
    return () => {
      const left = this.of(holder) - bytes;
      if (left > 0) this.held.set(holder, left);
      else this.held.delete(holder);
    };
  }
}
