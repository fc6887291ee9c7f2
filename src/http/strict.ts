const STRICT = Symbol('custody:strict');

/**
 * For the requests of our own API: a field that is not known is refused by name. An auditor who misspells
 * a filter must not get the whole trail for an answer. MLflow's requests ignore what they don't know.
 */
export const Strict = (): ClassDecorator => (request) => Reflect.defineMetadata(STRICT, true, request);

export const isStrict = (request: object): boolean => Reflect.hasOwnMetadata(STRICT, request);
