/** What one search may ask for at most, so that a hostile one costs no more than a long honest one. */
export const SEARCH_LIMITS = {
  /** Room for `run_id IN (…)` with some 2,500 ids. */
  filterLength: 100_000,
  clauses: 100,
  listValues: 5_000,
  /** Matching takes time in the product of pattern and text. */
  patternLength: 2_000,
  wildcards: 50,
  /** As many as MLflow takes in practice: each metric, parameter or tag is a join, and SQLite has at most 64 of them. */
  orderTerms: 40,
  orderLength: 1_000,
  tokenLength: 50_000,
} as const;
