import { describe, expect, it } from '@jest/globals';
import { rolesSetting } from './roles-setting.js';

describe('a list of roles', () => {
  it('is empty, or has each role once', () => {
    expect(rolesSetting('')).toEqual([]);
    expect(rolesSetting('admin')).toEqual(['admin']);
    expect(rolesSetting(' admin ,reviewer,admin')).toEqual(['reviewer', 'admin']);
  });
  it.each(['root', 'admin,', ',', 'admin;reviewer', 'Admin', 'constructor'])('is refused when it is %s', (text) => {
    expect(() => rolesSetting(text)).toThrow('must be roles out of viewer, analyst');
  });
});
