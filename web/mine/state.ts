import type { Reservation } from '../../src/wire/v1/reservations.ts';

/** What one's own reservation amounts to on the screen, and what can be done with it now. */
export interface Standing {
  name: 'pending' | 'accepted' | 'running' | 'open' | 'checked_in' | 'missed' | 'rejected' | 'cancelled' | 'released';
  /** Of the colours: see `.state`. */
  colour: 'pending' | 'mine' | 'here' | 'absent' | 'released' | 'free';
  icon: string;
  isOpen: boolean;
  isRunning: boolean;
  isAhead: boolean;
  /** Once its check-in is open, giving it up is giving it back. */
  leavesTrace: boolean;
}

const looks: Record<Standing['name'], readonly [Standing['colour'], string]> = {
  pending: ['pending', '◷'],
  accepted: ['mine', '★'],
  running: ['mine', '★'],
  open: ['pending', '◷'],
  checked_in: ['here', '✓'],
  missed: ['absent', '✕'],
  rejected: ['absent', '✕'],
  cancelled: ['released', '✕'],
  released: ['released', '↩'],
};

export function standingOf(row: Reservation, now: number): Standing {
  const [start, end] = [Date.parse(row.start), Date.parse(row.end)];
  const holds = row.status === 'accepted' && now < end;
  const opens = row.check_in.opens === null ? Infinity : Date.parse(row.check_in.opens);
  const closes = row.check_in.closes === null ? 0 : Date.parse(row.check_in.closes);
  // By the clock, between two looks at the server.
  const isOpen = holds && now >= opens && now < closes && ['upcoming', 'open'].includes(row.check_in.status);
  const isRunning = holds && start <= now;
  const name = nameOf(row, { isOpen, isRunning });
  const [colour, icon] = looks[name];
  return { name, colour, icon, isOpen, isRunning, isAhead: now < start && (holds || row.status === 'pending'), leavesTrace: holds && now >= opens };
}

function nameOf({ status, check_in }: Reservation, { isOpen, isRunning }: { isOpen: boolean; isRunning: boolean }): Standing['name'] {
  if (status !== 'accepted') return status === 'pending' ? 'pending' : status === 'rejected' ? 'rejected' : status === 'cancelled' ? 'cancelled' : 'released';
  if (check_in.status === 'checked_in') return 'checked_in';
  if (check_in.status === 'missed') return 'missed';
  if (isOpen) return 'open';
  return isRunning ? 'running' : 'accepted';
}
