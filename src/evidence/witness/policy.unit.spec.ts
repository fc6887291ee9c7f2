import { describe, expect, it } from '@jest/globals';
import { cosigner, ed25519Signer } from '../note/index.js';
import { parsePolicy, parseTrustedLogs, reachesQuorum } from './policy.js';

const vkey = (name: string, fill: number) => cosigner(name, Buffer.alloc(32, fill), () => 0).vkey;
const LOG = ed25519Signer('lab-a.example/log', Buffer.alloc(32, 1)).vkey;
const [X1, X2, X3, Y1] = [vkey('x1', 11), vkey('x2', 12), vkey('x3', 13), vkey('y1', 14)];
const parse = (text: string) => parsePolicy(Buffer.from(text));

describe('a policy', () => {
  const policy = parse(`# who watches us
log ${LOG} https://lab-a.example/log

witness X1 ${X1} https://x1.example/w/
witness X2 ${X2}
\twitness  X3\t${X3}
group X 2 X1 X2 X3
witness Ÿ1 ${Y1}
group both all X Ÿ1
quorum both
`);

  it('says which logs and witnesses there are, and where', () => {
    expect(policy.logs).toMatchObject([{ origin: 'lab-a.example/log', url: 'https://lab-a.example/log' }]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['X1', 'https://x1.example/w'],
      ['X2', undefined],
      ['X3', undefined],
      ['Ÿ1', undefined],
    ]);
  });

  it.each([
    [['X1', 'X2', 'Ÿ1'], true],
    [['X1', 'X2', 'X3', 'Ÿ1'], true],
    [['X1', 'X2', 'X3'], false],
    [['X1', 'Ÿ1'], false],
    [[], false],
  ])('is satisfied by %j: %s', (cosigned, enough) => {
    expect(reachesQuorum(policy, new Set(cosigned))).toBe(enough);
  });

  it('can ask for nobody, for one, and for any', () => {
    expect(reachesQuorum(parse('quorum none\n'), new Set())).toBe(true);
    expect(reachesQuorum(parse(`witness a ${X1}\nquorum a`), new Set(['a']))).toBe(true);
    const any = parse(`witness a ${X1}\nwitness b ${X2}\ngroup g any a b\nquorum g\n`);
    expect([reachesQuorum(any, new Set(['b'])), reachesQuorum(any, new Set())]).toEqual([true, false]);
  });

  const a = `witness a ${X1}\n`;
  it.each([
    ['', 'exactly one quorum line'],
    [`${a}quorum a\nquorum a\n`, 'line 3: there is a quorum line already'],
    ['quorum a\n', 'line 1: a is not defined'],
    ['quorum\n', 'line 1: a quorum is'],
    [`${a}quorum a\r\n`, 'line 2: it ends with a carriage return'],
    [`${a}\u0007\n`, 'line 2: it holds a control character'],
    ['policy 1\n', 'line 1: a line begins with'],
    [`witness none ${X1}\nquorum none\n`, 'line 1: none is no name'],
    [`${a}witness a ${X2}\n`, 'line 2: a is defined already'],
    [`${a}witness b ${vkey('other', 11)}\n`, 'line 2: this key belongs to a witness'],
    [`log ${LOG}\nlog ${LOG}\n`, 'line 2: this key belongs to a log'],
    [`log ${X1}\n`, 'line 1: the key of x1 is of type 4'],
    [`witness a ${LOG}\n`, 'line 1: the key of lab-a.example/log is of type 1'],
    [`witness a ${X1} https://x example\n`, 'line 1: a witness is'],
    [`witness a ${X1} ftp://x.example\n`, 'line 1: a URL begins with'],
    [`witness a ${X1} https://me:secret@x.example\n`, 'line 1: a URL holds no user name'],
    [`witness a ${X1} https://x.example/?k\n`, 'line 1: a URL is a prefix'],
    [`${a}group g 2 a\n`, 'line 2: how many'],
    [`${a}group g 0 a\n`, 'line 2: how many'],
    [`${a}group g some a\n`, 'line 2: how many'],
    [`${a}group g any\n`, 'line 2: a group is'],
    [`${a}group g any b\n`, 'line 2: b is not defined'],
    [`${a}group g any none\n`, 'line 2: none is not defined'],
    [`${a}group g any a a\n`, 'line 2: a is in a group already'],
    [`${a}group g any a\ngroup h any a\n`, 'line 3: a is in a group already'],
  ])('is refused as %j, with the line and the reason', (text, words) => {
    expect(() => parse(text)).toThrow(words);
  });

  it('of a witness has logs only', () => {
    expect(parseTrustedLogs(Buffer.from(`log ${LOG}\n`))).toHaveLength(1);
    expect(() => parseTrustedLogs(Buffer.from(a))).toThrow('line 1: here each line is: log');
  });
});
