export { AddressBook } from './address-book.js';
export { mailEvents } from './events.js';
export { MailModule } from './mail.module.js';
export { type Subject as MailSubject } from './notice.js';
export { type SmtpServer } from './options.js';
export { Requests, type Turn } from './requests.js';
export { isAddress } from './address.js';
