import { describe, expect, it } from '@jest/globals';
import { GROUPS, NOTICED } from './groups.js';

describe('the groups of mail', () => {
  it('that were released follow the types that they did: the log keeps their places', () => {
    expect(GROUPS.map(({ name, types }) => [name, [...types].sort()])).toEqual([
      [
        'mail-1',
        [
          'AlertRaised',
          'ApprovalCarriedOut',
          'ApprovalCommented',
          'ApprovalDossierRenewed',
          'ApprovalExpired',
          'ApprovalRejected',
          'ApprovalRequested',
          'ApprovalVoided',
        ],
      ],
      ['mail-2', ['ApprovalRulesChanged', 'ApprovalSigned', 'ApprovalSignersChanged']],
    ]);
  });

  it('follow each type once, so that nobody is written to by two', () => {
    expect(new Set(NOTICED).size).toBe(NOTICED.length);
  });
});
