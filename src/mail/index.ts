export { AddressBook } from './address-book.js';
export { mailEvents } from './events.js';
export { MailModule } from './mail.module.js';
export { type SmtpServer } from './options.js';
export { isAddress } from './smtp.js';
