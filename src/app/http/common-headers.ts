/** What every answer has, whoever makes it. */
export const commonHeaders = (requestId: string, secure = false): Readonly<Record<string, string>> => ({
  'x-request-id': requestId,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  // Browsers that have come by https once never come without it again, for a year.
  ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
