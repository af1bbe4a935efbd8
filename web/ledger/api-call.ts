import { windowOf, type Filter } from './filter.ts';
import { LONGEST, MOST_CALLS, windowsOf, type Window } from './windows.ts';

/*
 * What the table shows as calls of the vendor's method. Where one call can bring the page that is shown, it brings exactly that; a period
 * that the method does not take is cut into the calls that it does.
 */

const PATH = '/open-apis/vc/v1/resource_reservation_list';

export interface Calls {
  windows: readonly Window[];
  /** Continues a walk: only where there is one call. */
  pageToken: string | undefined;
  /** Days that begin after now: the method refuses them. */
  ahead: number;
  /** There are more than are written out. */
  more: boolean;
}

/** The calls for a filter. @param now unix seconds */
export function callsOf(filter: Filter, now: number): Calls {
  const whole = windowOf(filter);
  if (whole.start <= now && whole.end - whole.start <= LONGEST) return { windows: [whole], pageToken: filter.cursor, ahead: 0, more: false };
  const all = filter.api ? [whole] : windowsOf(filter.from, filter.to, filter.zone);
  const begun = all.filter(({ start }) => start <= now);
  return { windows: begun, pageToken: undefined, ahead: all.length - begun.length, more: all.length >= MOST_CALLS };
}

type Parameter = [name: string, value: string];

function parametersOf({ level, which, rooms, topics, size }: Filter, { start, end }: Window, pageToken: string | undefined): Parameter[] {
  return [
    ...(level === undefined ? [] : [['room_level_id', level] satisfies Parameter]),
    ['need_topic', String(topics)],
    ['start_time', String(start)],
    ['end_time', String(end)],
    ...(which === 'all' ? [] : rooms.map((id): Parameter => ['room_ids', id])),
    ['is_exclude', String(which === 'except')],
    ['page_size', String(size)],
    ...(pageToken === undefined ? [] : [['page_token', pageToken] satisfies Parameter]),
  ];
}

/** For a shell of POSIX: nothing in it is anything but text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command for each call; the token comes from the environment. */
export function curlOf(filter: Filter, { windows, pageToken }: Calls, origin: string): string {
  return windows
    .map((window) => {
      const data = parametersOf(filter, window, pageToken).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`);
      return [`curl -sS -G ${quoted(origin + PATH)}`, '-H "Authorization: Bearer $TENANT_ACCESS_TOKEN"', ...data].join(' \\\n  ');
    })
    .join('\n\n');
}

/** A program with the vendor's SDK for Node.js; the app's id and secret come from the environment. It prints the rows. */
export function sdkOf(filter: Filter, { windows, pageToken }: Calls, origin: string): string {
  const { level, which, rooms, topics, size } = filter;
  const common = [
    `room_level_id: ${JSON.stringify(level ?? '')}`,
    `need_topic: ${String(topics)}`,
    ...(which === 'all' ? [] : [`room_ids: ${JSON.stringify(rooms)}`]),
    `is_exclude: ${String(which === 'except')}`,
    `page_size: ${String(size)}`,
  ];
  const head = [
    "import * as lark from '@larksuiteoapi/node-sdk';",
    '',
    'const client = new lark.Client({',
    '  appId: process.env.APP_ID,',
    '  appSecret: process.env.APP_SECRET,',
    `  domain: ${JSON.stringify(origin)},`,
    '  loggerLevel: lark.LoggerLevel.error,',
    '});',
  ];
  const [first] = windows;
  if (windows.length === 1 && first) {
    const params = [...common, `start_time: '${String(first.start)}'`, `end_time: '${String(first.end)}'`];
    if (pageToken !== undefined) params.push(`page_token: ${JSON.stringify(pageToken)}`);
    return [
      ...head,
      'const { data } = await client.vc.v1.resourceReservationList.get({',
      '  params: {',
      ...params.map((line) => `    ${line},`),
      '  },',
      '});',
      'console.log(JSON.stringify(data.room_reservation_list, null, 2));',
    ].join('\n');
  }
  return [
    ...head,
    'const windows = [',
    ...windows.map(({ start, end }) => `  ['${String(start)}', '${String(end)}'],`),
    '];',
    'const rows = [];',
    'for (const [start_time, end_time] of windows) {',
    '  const pages = await client.vc.v1.resourceReservationList.getWithIterator({',
    `    params: { ${common.join(', ')}, start_time, end_time },`,
    '  });',
    '  for await (const page of pages) rows.push(...(page?.room_reservation_list ?? []));',
    '}',
    'console.log(JSON.stringify(rows, null, 2));',
  ].join('\n');
}
