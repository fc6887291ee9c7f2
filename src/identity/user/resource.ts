import { JsonObject } from '../../core/index.js';

/** The account that an event is about, for the trail. */
export const userResource = ({ userId }: JsonObject) => ({ kind: 'user', id: userId as string });
