import type { Endpoint } from './endpoint.ts';
import { appAccessToken } from './auth/app_access_token.ts';
import { appAccessTokenInternal } from './auth/app_access_token_internal.ts';
import { appTicketResend } from './auth/app_ticket_resend.ts';
import { tenantAccessToken } from './auth/tenant_access_token.ts';
import { tenantAccessTokenInternal } from './auth/tenant_access_token_internal.ts';
import { oauthToken, oauthTokenV3 } from './authen/oauth_token.ts';
import { oidcAccessToken, oidcRefreshAccessToken } from './authen/oidc.ts';
import { getUserInfo } from './authen/user_info.ts';
import { createAttendees, deleteAttendees, listAttendees } from './calendar/attendees.ts';
import { primaryCalendar } from './calendar/calendars.ts';
import { createEvent, deleteEvent, getEvent, listEvents, listInstances, patchEvent, replyEvent } from './calendar/events.ts';
import { batchFreeBusy, listFreeBusy } from './calendar/freebusy.ts';
import { batchContactDepartments, childrenOfDepartment, getContactDepartment, listContactDepartments, parentsOfDepartment } from './contact/departments.ts';
import { batchContactUsers, findUsersByDepartment, getContactUser, listContactUsers } from './contact/users.ts';
import { replyInstance, roomFreeBusy } from './meeting_room/instances.ts';
import {
  bindDeviceMethod,
  heartbeatMethod,
  listAllDevicesMethod,
  listDevicesMethod,
  rotateDeviceMethod,
  sensorReportMethod,
  unbindDeviceMethod,
} from './v1/devices.ts';
import { listGrantsMethod, withdrawGrantMethod } from './v1/grants.ts';
import { ledgerMethod } from './v1/ledger.ts';
import { changeLevelMethod, createLevelMethod, deleteLevelMethod, getLevelMethod } from './v1/levels.ts';
import { testAppMethod } from './v1/app_test.ts';
import { changeAppMethod, createAppMethod, getAppMethod, listAppsMethod, revokeAppMethod, rotateAppMethod } from './v1/apps.ts';
import { listApprovalsMethod } from './v1/approvals.ts';
import { auditMethod } from './v1/audit.ts';
import { anonymiseMethod } from './v1/anonymise.ts';
import { changeDepartmentMethod, createDepartmentMethod, deleteDepartmentMethod, getDepartmentMethod, listDepartmentsMethod } from './v1/departments.ts';
import { runImportMethod } from './v1/imports.ts';
import { markInboxMethod, readInboxMethod } from './v1/inbox.ts';
import { liveMethod } from './v1/live.ts';
import { openApiMethod } from './v1/openapi.ts';
import { clearPushMethod, getPushMethod, setPushMethod, testPushMethod } from './v1/push.ts';
import {
  approveMethod,
  bookMethod,
  cancelReservationMethod,
  checkInMethod,
  endReservationMethod,
  extendReservationMethod,
  getReservationMethod,
  listReservationsMethod,
  moveReservationMethod,
  rejectMethod,
  releaseReservationMethod,
  undoMethod,
  walkUpMethod,
} from './v1/reservations.ts';
import { exchangeRoomCodeMethod, getRoomCodeMethod } from './v1/room_codes.ts';
import { changeRoomMethod, createRoomMethod, deleteRoomMethod, getRoomMethod, listRoomsMethod } from './v1/rooms.ts';
import { changeSettingsMethod, getSettingsMethod } from './v1/settings.ts';
import { createPasswordLinkMethod } from './v1/password_links.ts';
import { changePasswordMethod, endSessionMethod, getSessionMethod } from './v1/session.ts';
import { findRoomsMethod, timelineMethod } from './v1/timeline.ts';
import { treeMethod } from './v1/tree.ts';
import { changeUserMethod, createUserMethod, getUserMethod, listUsersMethod, resumeUserMethod, suspendUserMethod } from './v1/users.ts';
import { utilisationMethod, utilisationRowsMethod } from './v1/utilisation.ts';
import { getReserveAdmin, patchReserveAdmin, patchReserveConfig, reserveScope } from './vc/reserve_configs.ts';
import { resourceReservationList } from './vc/resource_reservation_list.ts';
import { createRoomLevel, delRoomLevel, getRoomLevel, listRoomLevels, mgetRoomLevels, patchRoomLevel, searchRoomLevels } from './vc/room_levels.ts';
import { createRoom, deleteRoom, getRoom, listRooms, mgetRooms, patchRoom, searchRooms } from './vc/rooms.ts';

/** Every method of the vendor's that this server implements. */
export const wireMethods: readonly Endpoint[] = [
  tenantAccessTokenInternal,
  appAccessTokenInternal,
  appTicketResend,
  appAccessToken,
  tenantAccessToken,
  resourceReservationList,
  createRoom,
  patchRoom,
  getRoom,
  listRooms,
  mgetRooms,
  searchRooms,
  deleteRoom,
  createRoomLevel,
  patchRoomLevel,
  getRoomLevel,
  listRoomLevels,
  mgetRoomLevels,
  searchRoomLevels,
  delRoomLevel,
  reserveScope,
  patchReserveConfig,
  getReserveAdmin,
  patchReserveAdmin,
  primaryCalendar,
  createEvent,
  getEvent,
  patchEvent,
  deleteEvent,
  listEvents,
  listInstances,
  replyEvent,
  createAttendees,
  listAttendees,
  deleteAttendees,
  listFreeBusy,
  batchFreeBusy,
  roomFreeBusy,
  replyInstance,
  oauthToken,
  oauthTokenV3,
  oidcAccessToken,
  oidcRefreshAccessToken,
  getUserInfo,
  getContactUser,
  listContactUsers,
  findUsersByDepartment,
  batchContactUsers,
  getContactDepartment,
  listContactDepartments,
  childrenOfDepartment,
  parentsOfDepartment,
  batchContactDepartments,
];

/** Every method of our own. */
export const v1Methods: readonly Endpoint[] = [
  openApiMethod,
  treeMethod,
  createLevelMethod,
  getLevelMethod,
  changeLevelMethod,
  deleteLevelMethod,
  createRoomMethod,
  listRoomsMethod,
  getRoomMethod,
  changeRoomMethod,
  deleteRoomMethod,
  getSettingsMethod,
  changeSettingsMethod,
  listAllDevicesMethod,
  listDevicesMethod,
  bindDeviceMethod,
  rotateDeviceMethod,
  unbindDeviceMethod,
  bookMethod,
  listReservationsMethod,
  getReservationMethod,
  moveReservationMethod,
  extendReservationMethod,
  cancelReservationMethod,
  approveMethod,
  rejectMethod,
  checkInMethod,
  releaseReservationMethod,
  endReservationMethod,
  undoMethod,
  walkUpMethod,
  ledgerMethod,
  listApprovalsMethod,
  readInboxMethod,
  markInboxMethod,
  getRoomCodeMethod,
  exchangeRoomCodeMethod,
  timelineMethod,
  findRoomsMethod,
  liveMethod,
  utilisationMethod,
  utilisationRowsMethod,
  heartbeatMethod,
  sensorReportMethod,
  listAppsMethod,
  createAppMethod,
  getAppMethod,
  changeAppMethod,
  rotateAppMethod,
  revokeAppMethod,
  testAppMethod,
  auditMethod,
  anonymiseMethod,
  getPushMethod,
  setPushMethod,
  clearPushMethod,
  testPushMethod,
  listGrantsMethod,
  withdrawGrantMethod,
  listUsersMethod,
  getUserMethod,
  createUserMethod,
  changeUserMethod,
  suspendUserMethod,
  resumeUserMethod,
  listDepartmentsMethod,
  getDepartmentMethod,
  createDepartmentMethod,
  changeDepartmentMethod,
  deleteDepartmentMethod,
  runImportMethod,
  getSessionMethod,
  endSessionMethod,
  changePasswordMethod,
  createPasswordLinkMethod,
];

/** All of them. The server does not start when one has no handler. */
export const endpoints: readonly Endpoint[] = [...wireMethods, ...v1Methods];
