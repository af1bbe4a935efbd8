/**
 * The Chinese texts of the ledger. Full-width punctuation throughout, as on every official page (copies of the page that
 * show ASCII parentheses were flattened on the way). `触屏版` is the spelling of the endpoint's own page; the export page has `触屏板`.
 *
 * Source: vc-v1/meeting-room-data/resource-introduction (2024-02-21).
 */

/** `reservation_status`; the released ones also stand in `is_release_early`. */
export const reservationStatus = {
  pending: '审批中',
  accepted: '预定成功',
  released_by_hand: '已释放（手动释放）',
  released_after_end: '已释放（会议结束后自动释放）',
  released_no_show: '已释放（未签到被释放）',
  released_by_sensor: '已释放（传感器自动释放）',
} as const;

/** `room_check_in_status`. */
export const checkInStatus = {
  exempt_walk_up: '无需签到（即时预定）',
  exempt_off: '无需签到（未开启签到设置）',
  exempt_no_device: '无需签到（未安装签到设备）',
  exempt: '无需签到',
  upcoming: '待签到',
  open: '签到时间未结束',
  checked_in: '已签到',
  missed: '超时未签到',
  room_disabled: '不可签到（会议室被禁用）',
} as const;

/** `check_in_device`. */
export const checkInDevice = {
  panel: '签到板',
  qr_code: '签到二维码',
  controller: '控制器',
  touch_panel: '触屏版',
  offline_auto: '设备离线，自动签到',
} as const;
