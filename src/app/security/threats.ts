export interface Threat {
  readonly who: string;
  readonly wants: string;
  readonly meets: string;
  /** What is left, and whose it is. */
  readonly left: string;
}

export const THREATS: readonly Threat[] = [
  {
    who: 'Somebody on the network, without an account',
    wants: 'to guess a password or find out who has an account',
    meets:
      'Argon2id with a pepper, locks that double, one answer in the same time for every mistake, a bound on checks at once; every try is in the trail',
    left: 'Without TLS in front, they read what they need not guess: `custody doctor` names a server that listens beyond its machine without it.',
  },
  {
    who: 'Somebody with a stolen token',
    wants: 'to act as its owner',
    meets:
      'limits (reading, actions, names), an end, last use shown, revoking and rotating at once; a limited token makes no other secrets, and no token sets a password without the present one',
    left: 'Until it is noticed, the thief is the owner, within the limits.',
  },
  {
    who: 'An analyst',
    wants: 'to bring a model of their own into Production',
    meets:
      'promotion, the aliases that deployments load, and what would push a version out need `model:promote`, which no analyst has, whatever they own; a version’s files are sealed when it is made',
    left: 'A reviewer who trains under a second account. The doctor names administrators who do more; people who have two accounts are known to those who made them.',
  },
  {
    who: 'An analyst with a right for some names',
    wants: 'to see or change what has another name',
    meets:
      'everything that a request names must be covered, in path, query and body; lists leave out the rest; names are no regular expressions; a right for one thing goes by its id, so that renaming neither widens nor passes it on',
    left: 'Whoever may rename within a pattern decides what the pattern covers.',
  },
  {
    who: 'An administrator',
    wants: 'to act without a trace, or as somebody else',
    meets:
      'no call writes without its event, and none ends recording; passwords that they set open one call; they issue no tokens for people; they neither train nor promote, and nobody takes their own role away',
    left: 'They can make an account for a person who does not exist. The trail shows who made it.',
  },
  {
    who: 'Whoever runs the machine',
    wants: 'to change the record',
    meets: 'the log refuses changes by trigger; names and addresses are sealed, verifiers are peppered',
    left: 'Who can write to the disk can replace the file: keep copies apart, and the master key out of the data folder.',
  },
  {
    who: 'A page that a signed-in person opens',
    wants: 'to send requests in their name',
    meets:
      'credentials go in a header that no page can set for another site; an open server answers its own machine and its own pages only',
    left: 'A browser that remembers Basic credentials sends them along: use tokens in programs, and sign out.',
  },
  {
    who: 'A webhook’s receiver, or whoever names one',
    wants: 'to reach inside the house through the server',
    meets:
      'public addresses only, checked when connecting, no redirects, no proxy; inside receivers are named by the operator',
    left: 'What the operator allows.',
  },
];
