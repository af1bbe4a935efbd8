import { endpoints } from '../wire/index.ts';
import { appAccessTokenInternalHandler } from './auth/app_access_token_internal.ts';
import { tenantAccessTokenInternalHandler } from './auth/tenant_access_token_internal.ts';
import type { Mounted } from './mount.ts';
import { resourceReservationListHandler } from './vc/resource_reservation_list.ts';

/** Every wire method with its handler. */
export const handlers: readonly Mounted[] = [tenantAccessTokenInternalHandler, appAccessTokenInternalHandler, resourceReservationListHandler];

const answered = new Set(handlers.map(({ endpoint }) => endpoint));
const unanswered = endpoints.filter((endpoint) => !answered.has(endpoint));
if (unanswered.length > 0 || answered.size !== endpoints.length) {
  throw new Error(`wire methods and handlers do not match: ${unanswered.map(({ id }) => id).join(', ')}`);
}
