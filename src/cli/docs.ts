import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { complianceDocument } from '../app/compliance/document.js';
import { mlflowCompatibility } from '../app/compatibility-document.js';
import { renderEnvExample } from '../app/config/settings.js';
import { eventsDocument } from '../app/events-document.js';
import { securityDocument } from '../app/security/document.js';

// `npm run docs:events`: what is generated from the code. Tests hold the files to it.
writeFileSync('docs/events.md', eventsDocument());
writeFileSync('.env.example', renderEnvExample());
writeFileSync('docs/security.md', securityDocument());
writeFileSync('docs/compliance-control-map.md', complianceDocument());
writeFileSync('docs/mlflow-compatibility.md', mlflowCompatibility());
