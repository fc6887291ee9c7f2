/** As much of a browser as the provider's pages need: it keeps cookies, follows redirects and fills in forms. */
export class ProviderBrowser {
  private readonly cookies = new Map<string, string>();

  /**
   * Signs in at the provider under this login, or says no, until the provider sends the browser back to `home`.
   * Answers the address it is sent to, unopened.
   */
  async signIn(start: string, home: string, login: string, { cancel = false } = {}): Promise<string> {
    let answer = await this.send(start);
    for (let step = 0; step < 12; step++) {
      const location = answer.headers.get('location');
      if (location?.startsWith(home)) return location;
      if (location !== null) answer = await this.send(new URL(location, answer.url).href);
      else answer = await this.fill(await answer.text(), answer.url, login, cancel);
    }
    throw new Error('the provider does not send the browser back');
  }

  private fill(html: string, url: string, login: string, cancel: boolean): Promise<Response> {
    const abort = /href="([^"]*\/abort)"/.exec(html)?.[1];
    if (cancel && abort !== undefined) return this.send(new URL(abort, url).href);
    const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1];
    if (action === undefined || prompt === undefined) throw new Error(`no form in: ${html.slice(0, 2000)}`);
    return this.send(new URL(action, url).href, new URLSearchParams({ prompt, login, password: 'whatever' }));
  }

  private async send(url: string, body?: URLSearchParams): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body && { method: 'POST', body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return response;
  }
}
