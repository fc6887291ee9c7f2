import { errors } from '../../../core/index.js';

const MAX = 2000;
const HERE = 'http://here.invalid';

/**
 * Where a browser goes after it signed in: a path of this server, and never somewhere else, or our address would
 * lend its good name to any page. Judged as browsers read it, which take `\` for `/` and leave out control characters.
 */
export function returnTo(text: string | undefined): string {
  if (text === undefined || text === '') return '/';
  const isPath = text.length <= MAX && /^\/(?![/\\])[^\\\p{C}\s]*$/u.test(text);
  const url = isPath ? URL.parse(text, HERE) : null;
  if (url?.origin !== HERE || url.pathname.startsWith('//'))
    throw errors.invalid('return-to-invalid', 'return_to is a path of this server, such as /runs?page=2', 'return_to');
  return `${url.pathname}${url.search}${url.hash}`;
}
