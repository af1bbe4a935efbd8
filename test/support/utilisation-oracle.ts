/*
 * Utilisation the long way: minute after minute, each asked of Intl for the date and the time that a clock in the zone shows. Nothing of it is
 * shared with the program.
 */

export interface OracleRoom {
  zone: string;
  /** Minutes of the day between which it can be used. */
  opens: number;
  closes: number;
  disabled: { from: number; until: number | null } | null;
  deletedAt: number | null;
  reservations: readonly OracleReservation[];
}

/** Epoch seconds. */
export interface OracleReservation {
  id: number;
  start: number;
  end: number;
  releasedAt: number | null;
  accepted: boolean;
  cancelled: boolean;
  /** What the list of reservations says of its check-in. */
  checkIn: string;
  /** Whether it had to be checked in to. */
  required: boolean;
  used: boolean;
}

export interface OracleSums {
  booked: number;
  used: number;
  bookable: number;
  disabled: number;
  outside: number;
  reservations: number;
  due: number;
  noShows: number;
  givenBack: number;
  released: number;
}

const none = (): OracleSums => ({
  booked: 0,
  used: 0,
  bookable: 0,
  disabled: 0,
  outside: 0,
  reservations: 0,
  due: 0,
  noShows: 0,
  givenBack: 0,
  released: 0,
});

export interface OracleAnswer {
  total: OracleSums;
  days: Map<string, OracleSums>;
  /** Seconds booked and bookable by `weekday hour`. */
  week: Map<string, { booked: number; bookable: number; ids: Map<number, number> }>;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

interface Wall {
  date: string;
  weekday: number;
  hour: number;
  minute: number;
}

const walls = new Map<string, Wall>();

/** What calendar and clock show in a zone at a whole minute; Intl is slow, and asked once. */
function wall(zone: string, at: number): Wall {
  const key = `${zone} ${String(Math.floor(at / 60))}`;
  let found = walls.get(key);
  if (!found) walls.set(key, (found = readWall(zone, at)));
  return found;
}

function readWall(zone: string, at: number): Wall {
  let format = formats.get(zone);
  if (!format) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', weekday: 'short', hourCycle: 'h23' } as const;
    formats.set(zone, (format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })));
  }
  const part = Object.fromEntries(format.formatToParts(at * 1000).map(({ type, value }) => [type, value])) as Record<string, string>;
  const { year = '', month = '', day = '', weekday = '', hour, minute } = part;
  return { date: `${year}-${month}-${day}`, weekday: WEEKDAYS.indexOf(weekday) + 1, hour: Number(hour), minute: Number(minute) };
}

/** @param first and last day, `2026-03-18` */
export function countMinutes(rooms: readonly OracleRoom[], first: string, last: string, now: number): OracleAnswer {
  const answer: OracleAnswer = { total: none(), days: new Map(), week: new Map() };
  const sumsOf = (date: string) => {
    let sums = answer.days.get(date);
    if (!sums) answer.days.set(date, (sums = none()));
    return [answer.total, sums];
  };
  const isInside = (date: string) => date >= first && date <= last;
  for (const room of rooms) {
    const held = room.reservations
      .filter(({ accepted, cancelled }) => accepted && !cancelled)
      .map((one) => ({ ...one, until: Math.max(one.start, Math.min(one.end, one.releasedAt ?? one.end)) }));
    for (const { start, end, releasedAt, checkIn, required } of held) {
      const { date } = wall(room.zone, start);
      if (!isInside(date)) continue;
      const inTime = checkIn === 'open' && releasedAt !== null && releasedAt <= now;
      for (const sums of sumsOf(date)) {
        sums.reservations++;
        if (required && (checkIn === 'missed' || checkIn === 'checked_in' || inTime)) sums.due++;
        if (checkIn === 'missed') sums.noShows++;
        if (releasedAt !== null && releasedAt < end) {
          sums.released++;
          sums.givenBack += end - Math.max(releasedAt, start);
        }
      }
    }
    for (let minute = Date.parse(`${first}T00:00Z`) / 1000 - 86_400; minute < Date.parse(`${last}T00:00Z`) / 1000 + 2 * 86_400; minute += 60) {
      const clock = wall(room.zone, minute);
      if (!isInside(clock.date)) continue;
      const inHours = clock.hour * 60 + clock.minute >= room.opens && clock.hour * 60 + clock.minute < room.closes;
      const cell = `${String(clock.weekday)} ${String(clock.hour)}`;
      let ofWeek = answer.week.get(cell);
      if (!ofWeek) answer.week.set(cell, (ofWeek = { booked: 0, bookable: 0, ids: new Map() }));
      // Everything in these tests happens at whole minutes but for releases, so that a minute is looked at second by second where it has one.
      const step = held.some(({ until }) => until > minute && until < minute + 60) ? 1 : 60;
      for (let at = minute; at < minute + 60; at += step) {
        const exists = room.deletedAt === null || at < room.deletedAt;
        const isDisabled = room.disabled !== null && at >= room.disabled.from && at < (room.disabled.until ?? Infinity);
        const by = held.filter(({ start, until }) => start <= at && at < until);
        for (const sums of sumsOf(clock.date)) {
          if (!inHours) {
            if (exists && !isDisabled && by.length > 0) sums.outside += step;
            continue;
          }
          if (!exists) continue;
          if (isDisabled) {
            sums.disabled += step;
            continue;
          }
          sums.bookable += step;
          if (by.length > 0) sums.booked += step;
          if (by.some(({ used }) => used)) sums.used += step;
        }
        if (!inHours || !exists || isDisabled) continue;
        ofWeek.bookable += step;
        if (by.length > 0) ofWeek.booked += step;
        for (const { id } of by) ofWeek.ids.set(id, (ofWeek.ids.get(id) ?? 0) + step);
      }
    }
  }
  return answer;
}
