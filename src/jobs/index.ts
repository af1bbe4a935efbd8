import type { Ctx } from '../context.ts';
import { forgetKeys, rejectUndecided, releaseEmptyRooms, settleCheckIns } from '../domain/deadlines.ts';
import { forgetOld } from '../domain/forget.ts';
import { forgetSignIns } from '../domain/sign-in.ts';
import { pushTickets } from '../domain/tickets.ts';

export interface Job {
  readonly name: string;
  readonly summary: string;
  /** Seconds between two turns. */
  readonly every: number;
  /** Does a bounded batch. @returns whether more may be waiting */
  readonly work: (ctx: Ctx) => Promise<boolean>;
}

/** What is done by itself while the server runs. */
export const jobs: readonly Job[] = [
  { name: 'check-ins', summary: 'Release no-shows; check in where all devices were offline', every: 10, work: settleCheckIns },
  { name: 'sensors', summary: 'Release rooms that their sensors see empty', every: 10, work: releaseEmptyRooms },
  { name: 'approvals', summary: 'Turn down requests that nobody decided in time', every: 10, work: rejectUndecided },
  { name: 'tickets', summary: 'Push store apps the tickets that are due', every: 10, work: pushTickets },
  { name: 'keys', summary: 'Forget idempotency keys of a week ago', every: 3600, work: forgetKeys },
  { name: 'forget', summary: 'Forget reservations that ended longer ago than is kept', every: 86_400, work: forgetOld },
  { name: 'sign-ins', summary: 'Forget failed tries to sign in, links and sessions whose time is over', every: 600, work: forgetSignIns },
];
