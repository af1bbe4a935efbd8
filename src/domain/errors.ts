/** What can go wrong in the product's own terms. The edge knows which code and status each becomes. */
export type Reason =
  | 'param'
  | 'notFound'
  | 'conflict'
  | 'stale'
  | 'noPermission'
  | 'startTime'
  | 'endTime'
  | 'wrongLevel'
  | 'hasChildren'
  | 'unknownScope'
  | 'tooManyMembers'
  | 'unknownUser'
  | 'unknownDepartment'
  /** Another reservation has the room. */
  | 'taken'
  /** A rule of the room stands against it. */
  | 'refused'
  /** It is not in the state for that: over, released, not begun. */
  | 'wrongState'
  /** It was deleted. */
  | 'gone'
  | 'unknownAttendee'
  | 'unknownRoom'
  | 'unknownCalendar'
  | 'noCalendarAccess'
  | 'badCalendar'
  | 'badEvent'
  | 'badAttendee'
  | 'originalTime'
  /** Nobody would be left who administers the tenant. */
  | 'lastAdministrator'
  /** An idempotency key that stands for another request. */
  | 'keyReused'
  | 'badTicket'
  /** Of codes and refresh tokens, and of whoever brings one. */
  | 'unknownCode'
  | 'usedCode'
  | 'expiredCode'
  | 'unknownRefresh'
  | 'usedRefresh'
  | 'revokedRefresh'
  | 'expiredRefresh'
  /** Another app got it. */
  | 'otherClient'
  /** What comes with the code does not fit what it was asked for with. */
  | 'wrongRedirect'
  | 'wrongVerifier'
  | 'duplicateScopes'
  | 'scopeNotGranted'
  /** The person can do nothing here at present. */
  | 'suspended'
  | 'notInstalled'
  | 'mayNotRefresh'
  /** Too many tries to sign in failed. */
  | 'delayed'
  /** Too many people sign in at once. */
  | 'busy'
  /** Somebody, or everybody together, listens to changes too many times. */
  | 'crowded'
  /** A person without an e-mail address, who cannot sign in. */
  | 'noEmail';

/** A refusal that its caller may see. */
export class DomainError extends Error {
  override name = 'DomainError';
  readonly reason: Reason;
  /** What of the input it is about, where that can be told: a name of the domain, which the edge turns into the caller's. */
  readonly subject: string | undefined;

  constructor(reason: Reason, message: string, subject?: string) {
    super(message);
    this.reason = reason;
    this.subject = subject;
  }
}
