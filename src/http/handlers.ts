import { endpoints } from '../wire/index.ts';
import { appAccessTokenHandler } from './auth/app_access_token.ts';
import { appAccessTokenInternalHandler } from './auth/app_access_token_internal.ts';
import { appTicketResendHandler } from './auth/app_ticket_resend.ts';
import { tenantAccessTokenHandler } from './auth/tenant_access_token.ts';
import { tenantAccessTokenInternalHandler } from './auth/tenant_access_token_internal.ts';
import { oauthTokenHandlers } from './authen/oauth_token.ts';
import { oidcHandlers } from './authen/oidc.ts';
import { userInfoHandler } from './authen/user_info.ts';
import { attendeeHandlers } from './calendar/attendees.ts';
import { calendarHandlers } from './calendar/calendars.ts';
import { eventHandlers } from './calendar/events.ts';
import { freeBusyHandlers } from './calendar/freebusy.ts';
import { contactDepartmentHandlers } from './contact/departments.ts';
import { contactUserHandlers } from './contact/users.ts';
import { instanceHandlers } from './meeting_room/instances.ts';
import type { Mounted } from './mount.ts';
import { anonymiseHandler } from './v1/anonymise.ts';
import { appTestHandler } from './v1/app_test.ts';
import { appHandlers } from './v1/apps.ts';
import { auditHandler } from './v1/audit.ts';
import { deviceHandlers } from './v1/devices.ts';
import { grantHandlers } from './v1/grants.ts';
import { departmentHandlers } from './v1/departments.ts';
import { importHandlers } from './v1/imports.ts';
import { ledgerHandler } from './v1/ledger.ts';
import { levelHandlers } from './v1/levels.ts';
import { liveHandler } from './v1/live.ts';
import { openApiHandler } from './v1/openapi.ts';
import { pushHandlers } from './v1/push.ts';
import { passwordLinkHandlers } from './v1/password_links.ts';
import { reservationHandlers } from './v1/reservations.ts';
import { approvalHandlers } from './v1/approvals.ts';
import { inboxHandlers } from './v1/inbox.ts';
import { roomCodeHandlers } from './v1/room_codes.ts';
import { roomHandlers } from './v1/rooms.ts';
import { sessionHandlers } from './v1/session.ts';
import { settingsHandlers } from './v1/settings.ts';
import { timelineHandlers } from './v1/timeline.ts';
import { treeHandler } from './v1/tree.ts';
import { userHandlers } from './v1/users.ts';
import { utilisationHandlers } from './v1/utilisation.ts';
import { reserveConfigHandlers } from './vc/reserve_configs.ts';
import { resourceReservationListHandler } from './vc/resource_reservation_list.ts';
import { roomLevelHandlers } from './vc/room_levels.ts';
import { roomHandlers as vcRoomHandlers } from './vc/rooms.ts';

/** Every method with its handler. */
export const handlers: readonly Mounted[] = [
  tenantAccessTokenInternalHandler,
  appAccessTokenInternalHandler,
  appTicketResendHandler,
  appAccessTokenHandler,
  tenantAccessTokenHandler,
  resourceReservationListHandler,
  ...vcRoomHandlers,
  ...roomLevelHandlers,
  ...reserveConfigHandlers,
  ...calendarHandlers,
  ...eventHandlers,
  ...attendeeHandlers,
  ...freeBusyHandlers,
  ...instanceHandlers,
  openApiHandler,
  treeHandler,
  ...levelHandlers,
  ...roomHandlers,
  ...settingsHandlers,
  ...deviceHandlers,
  ...reservationHandlers,
  ledgerHandler,
  ...approvalHandlers,
  ...inboxHandlers,
  ...roomCodeHandlers,
  ...timelineHandlers,
  liveHandler,
  ...utilisationHandlers,
  ...appHandlers,
  appTestHandler,
  auditHandler,
  anonymiseHandler,
  ...pushHandlers,
  ...oauthTokenHandlers,
  ...oidcHandlers,
  userInfoHandler,
  ...grantHandlers,
  ...contactUserHandlers,
  ...contactDepartmentHandlers,
  ...userHandlers,
  ...departmentHandlers,
  ...importHandlers,
  ...sessionHandlers,
  ...passwordLinkHandlers,
];

const answered = new Set(handlers.map(({ endpoint }) => endpoint));
const unanswered = endpoints.filter((endpoint) => !answered.has(endpoint));
if (unanswered.length > 0 || answered.size !== endpoints.length) {
  throw new Error(`methods and handlers do not match: ${unanswered.map(({ id }) => id).join(', ')}`);
}
