/** What people are written to about, each of which they may decline. */
export const TOPICS = ['requests', 'decisions', 'alerts'] as const;
export type Topic = (typeof TOPICS)[number];
