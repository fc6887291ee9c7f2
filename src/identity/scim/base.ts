import type { FastifyRequest } from 'fastify';

/** Where the client found this server: what `meta.location` starts with. */
export const baseOf = ({ protocol, host }: FastifyRequest): string => `${protocol}://${host}`;
