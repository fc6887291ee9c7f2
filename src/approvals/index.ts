export * from './approvable-kinds.js';
export * from './digest.js';
export * from './port.js';
export * from './request-approval.command.js';
