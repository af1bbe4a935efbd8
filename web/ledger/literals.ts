/*
 * The texts of the wire as a screen shows them: the text itself in both languages, with its state, a sign for who does not see colours,
 * and for English readers what it means.
 */

export interface Literal {
  /** Of `.state`; absent: plain text. */
  state?: 'busy' | 'pending' | 'here' | 'absent' | 'released';
  sign?: string;
  english: string;
}

const literals: Readonly<Record<string, Literal>> = {
  审批中: { state: 'pending', sign: '◷', english: 'waits for approval' },
  预定成功: { state: 'busy', english: 'booked' },
  '已释放（手动释放）': { state: 'released', sign: '↩', english: 'released by hand' },
  '已释放（会议结束后自动释放）': { state: 'released', sign: '↩', english: 'released, ended early' },
  '已释放（未签到被释放）': { state: 'absent', sign: '✕', english: 'released, nobody came' },
  '已释放（传感器自动释放）': { state: 'released', sign: '↩', english: 'released by sensor' },
  '无需签到（即时预定）': { english: 'none: taken on the spot' },
  '无需签到（未开启签到设置）': { english: 'none: switched off' },
  '无需签到（未安装签到设备）': { english: 'none: no device' },
  无需签到: { english: 'none needed' },
  待签到: { state: 'busy', english: 'to come' },
  签到时间未结束: { state: 'pending', sign: '◷', english: 'open now' },
  已签到: { state: 'here', sign: '✓', english: 'checked in' },
  超时未签到: { state: 'absent', sign: '✕', english: 'missed' },
  '不可签到（会议室被禁用）': { state: 'released', sign: '—', english: 'closed: room disabled' },
  签到板: { english: 'panel at the door' },
  签到二维码: { english: 'QR code' },
  控制器: { english: 'controller' },
  触屏版: { english: 'touch panel' },
  '设备离线，自动签到': { english: 'automatic, devices offline' },
};

export function literalOf(text: string): Literal | undefined {
  return Object.hasOwn(literals, text) ? literals[text] : undefined;
}

/** `2026.03.18 10:00:00 (GMT+08:00)`, in parts. */
const TIME = /^(\d{4})\.(\d{2}\.\d{2}) (\d{2}:\d{2})(:\d{2}) \(GMT([+-]\d{2}:\d{2})\)$/;

/**
 * A time of the wire without what goes without saying: this year, no seconds, the offset that the clocks of the reader's list show then.
 *
 * @param offsetAt of the list's zone, such as `+08:00`, at an instant
 */
export function shortTime(text: string, year: string, offsetAt: (at: number) => string): string {
  const [, ofYear = '', date = '', time = '', seconds = '', offset = ''] = TIME.exec(text) ?? [];
  if (date === '') return text;
  const at = Date.parse(`${ofYear}-${date.replace('.', '-')}T${time}${seconds}${offset}`);
  return `${ofYear === year ? '' : `${ofYear}.`}${date} ${time}${seconds === ':00' ? '' : seconds}${offset === offsetAt(at) ? '' : ` ${offset}`}`;
}

/** Epoch milliseconds of a time of the wire; undefined when it is none. */
export function wireInstant(text: string): number | undefined {
  const [, year = '', date = '', time = '', seconds = '', offset = ''] = TIME.exec(text) ?? [];
  return date === '' ? undefined : Date.parse(`${year}-${date.replace('.', '-')}T${time}${seconds}${offset}`);
}

/** `+08:00` of so many milliseconds. */
export function offsetText(milliseconds: number): string {
  const minutes = Math.abs(milliseconds) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${milliseconds < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
