import { errors } from '../../core/index.js';

export const noAccount = () => errors.notFound('user-not-found', 'there is no such account');
