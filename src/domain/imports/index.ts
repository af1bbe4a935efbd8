import type { Ctx } from '../../context.ts';
import { chunks } from '../../store/chunks.ts';
import { addHistories, type Actor, type Change } from '../../store/history.ts';
import type { Queries } from '../../store/open.ts';
import { beginChange } from '../change.ts';
import type { Directory } from '../directory.ts';
import { planLevels } from './levels.ts';
import { Report, type ImportKind } from './report.ts';
import { planRooms } from './rooms.ts';
import { planUsers } from './users.ts';

export { decodeCsv, encodings, type Encoding } from './csv.ts';
export { importKinds, type Difference, type ImportKind, type Rejection, type Report, type Values } from './report.ts';

/** What an import starts from. */
export interface Base {
  tenantId: number;
  directory: Directory;
  /** The directory version that it makes. */
  version: number;
  /** Whether what it reads is held until the transaction ends. */
  hold: boolean;
}

/** What is to be written, worked out without writing anything. */
export interface Plan {
  /** A row of history each. */
  changes: Omit<Change, 'tenantId' | 'at' | 'actor'>[];
  write: (tx: Queries) => Promise<void>;
}

type Planner = (ctx: Ctx, db: Queries, base: Base, text: string, report: Report) => Promise<Plan>;
const planners: Readonly<Record<ImportKind, Planner>> = { users: planUsers, rooms: planRooms, levels: planLevels };

export interface ImportRequest {
  tenantId: number;
  kind: ImportKind;
  /** The file's text. */
  csv: string;
  dryRun: boolean;
  /** Told how many objects are written, and of how many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Imports a CSV file, all of it or nothing: with one row that cannot be, nothing is written. A dry run does the same and writes nothing.
 *
 * @returns what was done, or would be; `applied` false: nothing was written
 */
export async function runImport(ctx: Ctx, actor: Actor, request: ImportRequest): Promise<{ report: Report; applied: boolean }> {
  const { tenantId, kind, csv, dryRun, onProgress } = request;
  if (dryRun) {
    const report = new Report();
    const directory = await ctx.directories.read(tenantId);
    await planners[kind](ctx, ctx.db.kysely, { tenantId, directory, version: directory.version + 1, hold: false }, csv, report);
    return { report, applied: false };
  }
  const report = new Report();
  try {
    await ctx.db.transaction(async (tx) => {
      const { directory, version } = await beginChange(ctx, tx, tenantId);
      const { changes, write } = await planners[kind](ctx, tx, { tenantId, directory, version, hold: true }, csv, report);
      if (!report.isClean || changes.length === 0) throw new NothingToWrite();
      await write(tx);
      const at = ctx.clock.now();
      let done = 0;
      for (const some of chunks(changes, 500)) {
        await addHistories(
          tx,
          some.map((change) => ({ ...change, tenantId, at, actor })),
        );
        onProgress?.((done += some.length), changes.length);
      }
    });
  } catch (error) {
    if (!(error instanceof NothingToWrite)) throw error;
  }
  return { report, applied: report.isClean };
}

/** Takes back what the transaction has begun. */
class NothingToWrite extends Error {}
