import { SetMetadata } from '@nestjs/common';
import { Action } from './permissions.js';

export const REQUIRES = 'custody:requires';

/** The action that a route asks for; the access guard refuses a route that names none. */
export const Requires = (action: Action) => SetMetadata(REQUIRES, action);

/** For the few routes that anyone may call (health, version). A test holds the literal list of them. */
export const Public = () => SetMetadata(REQUIRES, 'public');
