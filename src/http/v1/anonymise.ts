import { anonymise, previewAnonymise } from '../../domain/anonymise.ts';
import { anonymiseMethod } from '../../wire/v1/anonymise.ts';
import { answer } from '../mount.ts';

export const anonymiseHandler = answer(anonymiseMethod, async (ctx, { principal: { tenantId }, actor, params: { user_id }, query }) => ({
  user_id,
  ...(query.dry_run ? await previewAnonymise(ctx, tenantId, user_id) : await anonymise(ctx, actor, tenantId, user_id)),
}));
