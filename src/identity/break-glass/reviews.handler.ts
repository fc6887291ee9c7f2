import { IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../../projection/index.js';
import { ListBreakGlassReviews } from './break-glass.commands.js';
import { BreakGlassSchema, BreakGlassTable } from './table.js';

const LIMIT = 500;

@QueryHandler(ListBreakGlassReviews)
export class ListBreakGlassReviewsHandler implements IQueryHandler<ListBreakGlassReviews> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ state }: ListBreakGlassReviews): Promise<readonly BreakGlassTable[]> {
    const all = this.readModels
      .db<BreakGlassSchema>()
      .selectFrom('identity_break_glass')
      .selectAll()
      .orderBy('review_id', 'desc')
      .limit(LIMIT);
    if (state === undefined) return all.execute();
    return all.where('reviewed_at', state === 'overdue' ? 'is' : 'is not', null).execute();
  }
}
