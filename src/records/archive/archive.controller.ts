import { Controller, Delete, Get, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { errors, toIso } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { Archive } from './archive.js';
import { Segment } from './events.js';

@ApiTags('records')
@Controller(`${CUSTODY_API}/archive/segments`)
export class ArchiveController {
  constructor(private readonly archive: Archive) {}

  @Get()
  @Requires('archive:read')
  async list(): Promise<object> {
    return { segments: (await this.archive.segments()).map(segmentWire) };
  }

  /** Closes the next segment: the oldest events that are past their online time. The running log keeps them, too. */
  @Post()
  @Requires('archive:write')
  async close(@Caller() context: CommandContext): Promise<object> {
    return segmentWire(await this.archive.close(context));
  }

  /** The file, as it was archived: one JSON object a line. */
  @Get(':id/content')
  @Requires('archive:read')
  async content(@Param('id') id: string): Promise<StreamableFile> {
    const segment = await this.archive.get(numberOf(id));
    const type = 'application/x-ndjson';
    return new StreamableFile(await this.archive.open(segment), { type, length: segment.bytes });
  }

  /** Refused for what is younger than its retention or under hold, and that is recorded. */
  @Delete(':id')
  @HttpCode(200)
  @Requires('archive:write')
  remove(@Caller() context: CommandContext, @Param('id') id: string): Promise<never> {
    return this.archive.remove(context, numberOf(id));
  }
}

function numberOf(id: string): number {
  if (/^[1-9]\d{0,8}$/.test(id)) return Number(id);
  throw errors.notFound('segment-not-found', 'there is no such archived segment', 'id');
}

const segmentWire = ({ segment, first, events, oldestAt, newestAt, sha256, bytes, root }: Segment) => ({
  segment,
  first_event: first,
  events,
  oldest_at: toIso(oldestAt),
  newest_at: toIso(newestAt),
  sha256,
  bytes,
  tree_size: first + events,
  root,
});
