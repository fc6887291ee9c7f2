import { Actor, UserId } from '../../core/index.js';

/** Whose doing it was: a service that acts for somebody is that somebody. */
export const personOf = ({ id, onBehalfOf }: Actor): UserId => onBehalfOf ?? id;
