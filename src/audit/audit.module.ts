import { Module } from '@nestjs/common';
import { GetAuditEventHandler } from './event/query.js';
import { AuditController } from './trail/audit.controller.js';
import { QueryAuditTrailHandler } from './trail/query.js';

@Module({ controllers: [AuditController], providers: [QueryAuditTrailHandler, GetAuditEventHandler] })
export class AuditModule {}
