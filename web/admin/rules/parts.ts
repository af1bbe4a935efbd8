import type { Settings } from '../../../src/wire/v1/settings.ts';
import type { rulesWords } from './words.ts';

/** In the order in which they are read. */
export const PARTS = ['time', 'reservers', 'approval', 'check_in', 'administrators'] as const;
export type Part = (typeof PARTS)[number];
export type Value<P extends Part = Part> = Settings[P]['effective'];
type Say = (typeof rulesWords)['en'];

/** What holds, in a sentence or a few. */
export function sentences<P extends Part>(part: P, value: Value<P>, say: Say): string[] {
  const describe: { [Name in Part]: (value: Value<Name>) => string[] } = {
    time: (time) =>
      time.enabled ? [say.timeOn(time.day_start, time.day_end), say.ahead(time.days_in_advance, time.opens_at), say.longest(time.max_hours)] : [say.timeOff],
    reservers: ({ everybody }) => [everybody ? say.everybody : say.only],
    approval: ({ enabled, applies, hours }) => [!enabled ? say.approvalOff : applies === 'always' ? say.approvalAlways : say.approvalLonger(hours)],
    check_in: (rules) =>
      rules.enabled
        ? [
            say.window(rules.minutes_before, rules.minutes_after),
            rules.release_on_no_show ? say.released : say.kept,
            ...(rules.sensor_minutes > 0 ? [say.sensor(rules.sensor_minutes)] : []),
          ]
        : [say.checkInOff, ...(rules.sensor_minutes > 0 ? [say.sensor(rules.sensor_minutes)] : [])],
    administrators: ({ users, departments }) => [users.length + departments.length === 0 ? say.noAdministrators : say.someAdministrators],
  };
  return describe[part](value);
}

/** The people and departments that a part names. */
export function membersOf(part: Part, value: Value): { users: readonly string[]; departments: readonly string[] } {
  if (part === 'approval') return { users: (value as Value<'approval'>).approvers, departments: [] };
  if (part === 'reservers' || part === 'administrators') return value as Value<'administrators'>;
  return { users: [], departments: [] };
}
