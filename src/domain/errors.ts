/** What can go wrong in the product's own terms. The edge knows which code and status each becomes. */
export type Reason = 'notFound' | 'conflict' | 'noPermission' | 'startTime' | 'endTime';

/** A refusal that its caller may see. */
export class DomainError extends Error {
  override name = 'DomainError';
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}
