import { primaryCalendar } from '../../wire/calendar/calendars.ts';
import { formatCalendarId } from '../../wire/identifiers.ts';
import { answer } from '../mount.ts';
import { userIdsOf } from '../vc/user-ids.ts';
import { ownCalendar } from './access.ts';

export const calendarHandlers = [
  answer(primaryCalendar, (_ctx, { principal, query }) => {
    const owner = ownCalendar(principal);
    const userIds = userIdsOf(principal, query.user_id_type);
    const calendar = {
      calendar_id: formatCalendarId(owner),
      summary: principal.name,
      description: '',
      permissions: 'show_only_free_busy',
      color: -1,
      type: 'primary',
      summary_alias: '',
      is_deleted: false,
      is_third_party: false,
      role: 'owner',
    };
    return Promise.resolve({ calendars: [{ calendar, user_id: principal.userId === null ? owner : userIds.write(owner) }] });
  }),
];
