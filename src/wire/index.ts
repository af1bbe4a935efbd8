import type { Endpoint } from './endpoint.ts';
import { appAccessTokenInternal } from './auth/app_access_token_internal.ts';
import { tenantAccessTokenInternal } from './auth/tenant_access_token_internal.ts';
import { resourceReservationList } from './vc/resource_reservation_list.ts';

/** Every wire method that this server implements. The server does not start when one of them has no handler. */
export const endpoints: readonly Endpoint[] = [tenantAccessTokenInternal, appAccessTokenInternal, resourceReservationList];
