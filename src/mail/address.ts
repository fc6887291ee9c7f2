const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/;

/** One plain address, and nothing that a header or a list of recipients could be made of. */
export const isAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text);
