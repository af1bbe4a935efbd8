import { Type } from 'typebox';

/*
 * Kinds of parameter values. A query brings only strings; the edge turns them into what the schema says before it is checked,
 * strictly: `1e1`, `0x10`, `1.0` and `+1` are no integers, `1` is no boolean.
 */

/** A whole number of any size. One beyond a double's range arrives as the largest double: too large stays too large. */
export const integer = (description: string) => Type.Integer({ description });

/** `true` or `false` in any case (one official SDK sends `True`); absent counts as false. */
export const flag = (description: string) => Type.Boolean({ default: false, description });

export const pageSize = (minimum: number, maximum: number, byDefault: number) =>
  Type.Integer({ minimum, maximum, default: byDefault, description: 'Rows per page' });

/** Absent or empty: the first page. It is write-only: what was sent does not come back in `field_violations`. */
export const pageToken = () => Type.Optional(Type.String({ writeOnly: true, description: '`page_token` of the page before; absent or empty: the first page' }));

/** Which of a person's ids the caller speaks. `user_id` asks for a scope of its own. */
export const userIdType = () =>
  Type.Enum(['open_id', 'union_id', 'user_id'], { type: 'string', default: 'open_id', description: 'What the user ids of request and answer are' });

/** Asked for `user_id_type=user_id`. */
export const USER_ID_SCOPE = 'contact:user.employee_id:readonly';

/** A name that people read: not blank. */
export const name = (description: string) => Type.String({ minLength: 1, maxLength: 255, pattern: '\\S', description });

/** An id in a path or a body: the vendor allows 1 to 100 characters. */
export const id = (description: string) => Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000]*$', description });

/** Seconds since 1970, written as a string. */
export const unixSeconds = (description: string) => Type.String({ pattern: '^\\d{1,12}$', description });
