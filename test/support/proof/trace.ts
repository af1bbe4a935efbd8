/** What a trace of a server's writes shows. */
export interface Trace {
  /** Answers `201` that were written to a connection. */
  answers: number;
  /** Of them, those written while something of the write-ahead log had not been synced. */
  early: number;
  /** Of them, those before which nothing was written to the log at all since the answer before. */
  unfounded: number;
  /** Syncs of the log that were completed. */
  syncs: number;
}

const WRITE_TO_LOG = /^pwrite64\(\d+<[^>]*\.db-wal>/;
const SYNC_OF_LOG = /^f(?:data)?sync\(\d+<[^>]*\.db-wal>/;
const ANSWER = /^(?:write|writev|sendto|sendmsg)\(\d+<(?:TCP|socket).*HTTP\/1\.1 201/;

/**
 * Reads `strace -f -yy`: in which order the log was written, synced, and the client told. A call that another thread
 * interrupts stands on two lines, and a sync is done on the second.
 */
export function readTrace(text: string): Trace {
  const trace: Trace = { answers: 0, early: 0, unfounded: 0, syncs: 0 };
  let isDirty = false;
  let hasWritten = false;
  const syncing = new Set<string>();
  for (const line of text.split('\n')) {
    const [, pid = '', call = ''] = /^(?:(\d+) +)?(.*)$/.exec(line) ?? [];
    if (WRITE_TO_LOG.test(call)) isDirty = hasWritten = true;
    else if (SYNC_OF_LOG.test(call)) {
      if (call.includes('<unfinished ...>')) syncing.add(pid);
      else if (call.endsWith('= 0')) synced();
    } else if (/^<\.\.\. f(?:data)?sync resumed>/.test(call) && syncing.delete(pid)) {
      if (call.endsWith('= 0')) synced();
    } else if (ANSWER.test(call)) {
      trace.answers++;
      if (isDirty) trace.early++;
      if (!hasWritten) trace.unfounded++;
      hasWritten = false;
    }
  }
  return trace;

  function synced(): void {
    isDirty = false;
    trace.syncs++;
  }
}
