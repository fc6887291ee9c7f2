export { AuditModule } from './audit.module.js';
export { renderEventCatalogue } from './catalogue/render.js';
export { GetAuditEvent } from './event/query.js';
export { PersonDirectory } from './person-directory.js';
export type { AuditEntry } from './trail/entries.js';
export type { AuditFilters } from './trail/filters.js';
export { auditProjections } from './trail/projection.js';
export { QueryAuditTrail, type AuditPage } from './trail/query.js';
