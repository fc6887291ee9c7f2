interface Load<Value> {
  readonly running: Promise<Value>;
  next?: Promise<Value>;
}

/**
 * Reads that many requests ask for at once. Never older than the call: a read that was under way already may
 * have missed a change that was acknowledged before this call, so whoever comes during one shares the next.
 */
export class SharedLoads<Key, Value> {
  private readonly loads = new Map<Key, Load<Value>>();

  constructor(private readonly read: (key: Key) => Promise<Value>) {}

  load(key: Key): Promise<Value> {
    const load = this.loads.get(key);
    if (!load) return this.start(key);
    return (load.next ??= load.running.then(
      () => this.start(key),
      () => this.start(key),
    ));
  }

  private start(key: Key): Promise<Value> {
    const running = this.read(key);
    const load: Load<Value> = { running };
    this.loads.set(key, load);
    const done = () => {
      if (this.loads.get(key) === load && !load.next) this.loads.delete(key);
    };
    running.then(done, done);
    return running;
  }
}
