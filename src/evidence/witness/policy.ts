import { NoteError, type NoteVerifier, parseVkey, readVkey } from '../note/index.js';
import { parseCosignerVkey } from '../note/cosignature.js';
import { PolicyError, PolicyLine, policyLines } from './policy-lines.js';

export interface PolicyLog {
  readonly origin: string;
  readonly verifier: NoteVerifier;
  readonly url?: string;
}

export interface PolicyWitness {
  /** Its name in the policy; the key may have another. */
  readonly name: string;
  readonly vkey: string;
  readonly verifier: NoteVerifier;
  /** Where checkpoints are submitted, without a slash at the end. */
  readonly url?: string;
}

export interface PolicyGroup {
  readonly name: string;
  /** So many of the members must have witnessed a checkpoint. */
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Which logs, which witnesses, and how many of them make a checkpoint valid (C2SP tlog-policy). */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** Name of a witness or a group, or `none`. */
  readonly quorum: string;
}

/** @throws PolicyError that names the line */
export function parsePolicy(file: Uint8Array): Policy {
  const draft = new Draft();
  for (const line of policyLines(file)) draft.take(line);
  return draft.policy();
}

/** The logs of a file that has `log` lines only: what a witness trusts. @throws PolicyError that names the line */
export function parseTrustedLogs(file: Uint8Array): readonly PolicyLog[] {
  const draft = new Draft();
  for (const line of policyLines(file)) {
    if (line.keyword !== 'log') throw new PolicyError(line.number, 'here each line is: log <vkey> [<url>]');
    draft.take(line);
  }
  return draft.logs;
}

/** Whether these witnesses, by their names in the policy, are enough. */
export function reachesQuorum({ groups, quorum }: Policy, cosigned: ReadonlySet<string>): boolean {
  const witnessed = new Set(cosigned);
  // A group names what stands before it only, so one pass in the file's order decides all.
  for (const { name, threshold, members } of groups) {
    if (members.filter((member) => witnessed.has(member)).length >= threshold) witnessed.add(name);
  }
  return quorum === NONE || witnessed.has(quorum);
}

const NONE = 'none';

class Draft {
  readonly logs: PolicyLog[] = [];
  private readonly witnesses: PolicyWitness[] = [];
  private readonly groups: PolicyGroup[] = [];
  private quorum: string | undefined;
  private readonly names = new Set<string>();
  private readonly inGroup = new Set<string>();
  private readonly keys = { log: new Set<string>(), witness: new Set<string>() };

  take({ number, keyword, words }: PolicyLine): void {
    const fail = (why: string): never => {
      throw new PolicyError(number, why);
    };
    if (keyword === 'log') this.log(words, fail);
    else if (keyword === 'witness') this.witness(words, fail);
    else if (keyword === 'group') this.group(words, fail);
    else if (keyword === 'quorum') this.setQuorum(words, fail);
    else fail('a line begins with log, witness, group, quorum or #');
  }

  policy(): Policy {
    const { logs, witnesses, groups, quorum } = this;
    if (quorum === undefined) throw new PolicyError(0, 'a policy has exactly one quorum line, and this has none');
    return { logs, witnesses, groups, quorum };
  }

  private log(words: readonly string[], fail: Fail): void {
    const [vkey, url, ...more] = words;
    if (vkey === undefined || more.length > 0) return fail('a log is: log <vkey> [<url>]');
    const verifier = keyOf(() => parseVkey(vkey), fail);
    this.once('log', vkey, fail);
    this.logs.push({ origin: verifier.name, verifier, ...prefix(url, fail) });
  }

  private witness(words: readonly string[], fail: Fail): void {
    const [name, vkey, url, ...more] = words;
    if (name === undefined || vkey === undefined || more.length > 0) {
      return fail('a witness is: witness <name> <vkey> [<url>]');
    }
    const verifier = keyOf(() => parseCosignerVkey(vkey), fail);
    this.once('witness', vkey, fail);
    this.define(name, fail);
    this.witnesses.push({ name, vkey, verifier, ...prefix(url, fail) });
  }

  private group(words: readonly string[], fail: Fail): void {
    const [name, count, ...members] = words;
    if (name === undefined || count === undefined || members.length === 0) {
      return fail('a group is: group <name> all|any|<number> <name>...');
    }
    for (const member of members) {
      if (!this.names.has(member)) fail(`${member} is not defined on a line before`);
      if (this.inGroup.has(member)) fail(`${member} is in a group already, and counts once only`);
      this.inGroup.add(member);
    }
    const threshold = count === 'all' ? members.length : count === 'any' ? 1 : wholeOf(count);
    if (!(threshold >= 1 && threshold <= members.length)) {
      fail(`how many must have signed is all, any, or a number from 1 to ${members.length}`);
    }
    this.define(name, fail);
    this.groups.push({ name, threshold, members });
  }

  private setQuorum(words: readonly string[], fail: Fail): void {
    const [name, ...more] = words;
    if (name === undefined || more.length > 0) return fail('a quorum is: quorum <name>, or quorum none');
    if (this.quorum !== undefined) fail('there is a quorum line already');
    if (name !== NONE && !this.names.has(name)) fail(`${name} is not defined on a line before`);
    this.quorum = name;
  }

  private define(name: string, fail: Fail): void {
    if (name === NONE) fail('none is no name: it stands for no witnesses at all');
    if (this.names.has(name)) fail(`${name} is defined already`);
    this.names.add(name);
  }

  /** The same public key under another name is the same log or witness. */
  private once(kind: 'log' | 'witness', vkey: string, fail: Fail): void {
    const key = readVkey(vkey).publicKey.toString('hex');
    if (this.keys[kind].has(key)) fail(`this key belongs to a ${kind} on a line before`);
    this.keys[kind].add(key);
  }
}

type Fail = (why: string) => void;

function keyOf(parse: () => NoteVerifier, fail: Fail): NoteVerifier {
  try {
    return parse();
  } catch (error) {
    if (error instanceof NoteError) fail(error.message);
    throw error;
  }
}

const wholeOf = (text: string): number => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : NaN);

function prefix(text: string | undefined, fail: Fail): { readonly url?: string } {
  if (text === undefined) return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) fail('a URL begins with https:// or http://');
  else if (url.username !== '' || url.password !== '') fail('a URL holds no user name and no password');
  else if (url.search !== '' || url.hash !== '') fail("a URL is a prefix, and has no '?' and no '#'");
  return { url: url!.href.replace(/\/+$/, '') };
}
