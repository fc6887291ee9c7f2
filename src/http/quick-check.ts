/**
 * A request that a laboratory sends thousands of times a minute may recognise a well-formed body by
 * itself. Whatever it does not recognise takes the way of all requests, through class-validator, which
 * says what is wrong; a test holds the two ways to the same result.
 */
export interface QuickCheck<Request> {
  quick(body: unknown): Request | undefined;
}
