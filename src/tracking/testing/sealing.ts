import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PersonalData, Sealed } from '../../core/index.js';

/** Really sealed, under keys that live as long as the test. */
export class TestSealing extends PersonalData {
  private readonly keys = new Map<string, Buffer>();

  seal(subject: string, plain: string): Sealed {
    const key = this.keys.get(subject) ?? randomBytes(32);
    this.keys.set(subject, key);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { subject, box: `v1.${iv.toString('base64url')}.${sealed.toString('base64url')}` };
  }

  unseal({ subject, box }: Sealed): string | undefined {
    const key = this.keys.get(subject);
    if (!key) return undefined;
    const [iv, sealed] = box
      .split('.')
      .slice(1)
      .map((part) => Buffer.from(part, 'base64url'));
    const cipher = createDecipheriv('aes-256-gcm', key, iv!);
    cipher.setAuthTag(sealed!.subarray(-16));
    return Buffer.concat([cipher.update(sealed!.subarray(0, -16)), cipher.final()]).toString('utf8');
  }

  erase(subject: string): void {
    this.keys.delete(subject);
  }
}
