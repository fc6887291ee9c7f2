/** What a `Cookie` header holds under a name. Of several values nobody knows which is ours. */
export const cookiesNamed = (header: string, name: string): readonly string[] =>
  header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
