import { exchangeRoomCodeMethod } from '../../src/wire/v1/room_codes.ts';
import { ApiError, call } from './api.ts';

/*
 * The QR code at a door leads to the page of the room with a code that is good for a minute or two. It is changed at once for one that
 * lasts ten, before anybody is asked to sign in; the tab keeps that one through the sign-in.
 */

const NAME = 'yuding.door';
/** A little less than the server's ten minutes. */
const LASTS = 9.5 * 60_000;

interface Kept {
  room: string;
  /** Null: what the QR code carried was no longer good. */
  code: string | null;
  until: number;
}
let kept: Kept | null = read();

function read(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

function keep(next: Kept): void {
  kept = next;
  try {
    sessionStorage.setItem(NAME, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing knows it until the page is left.
  }
}

/** Changes the code that the page was opened with, if there is one, and takes it out of the address. */
export async function openDoor(): Promise<void> {
  const room = /^\/rooms\/([^/]+)\/?$/.exec(location.pathname)?.[1];
  const search = new URLSearchParams(location.search);
  const code = search.get('code');
  if (room === undefined || code === null) return;
  const until = Date.now() + LASTS;
  try {
    keep({ room, code: (await call(exchangeRoomCodeMethod, { params: { room_id: room }, body: { code } })).code, until });
  } catch (error) {
    // What did not arrive is tried again with the next look at the page.
    if (!(error instanceof ApiError) || error.status === 0) return;
    keep({ room, code: null, until });
  }
  search.delete('code');
  const rest = search.toString();
  history.replaceState(history.state, '', location.pathname + (rest === '' ? '' : `?${rest}`));
}

/** What shows that the person stands at the door of a room: the code to check in with. `late`: the one they opened was no longer good. */
export function presenceAt(room: string): { code: string } | 'late' | null {
  if (kept?.room !== room || kept.until <= Date.now()) return null;
  return kept.code === null ? 'late' : { code: kept.code };
}
