/**
 * Groups of consumers and the types that each follows. A released group never changes its types: the log keeps
 * its place under its name. Another type is followed by another group beside the older ones, so that nobody is
 * written to twice about what an older group has told, nor left out of what it has not told yet.
 */
export const GROUPS: readonly { readonly name: string; readonly types: readonly string[] }[] = [
  {
    name: 'mail-1',
    types: [
      'ApprovalRequested',
      'ApprovalDossierRenewed',
      'ApprovalRejected',
      'ApprovalCarriedOut',
      'ApprovalExpired',
      'ApprovalVoided',
      'ApprovalCommented',
      'AlertRaised',
    ],
  },
  { name: 'mail-2', types: ['ApprovalSigned', 'ApprovalRulesChanged', 'ApprovalSignersChanged'] },
];

/** The types of events that anybody is written to about. */
export const NOTICED: readonly string[] = GROUPS.flatMap(({ types }) => types);
