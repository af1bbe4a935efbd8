import { parentPort, workerData } from 'node:worker_threads';
import { openReader, type StoreConfig } from '../store/open.ts';
import { doJob, type Job } from './utilisation-job.ts';

/*
 * The other thread: it has a connection of its own and does one job after the other. Nothing else may import this file.
 */
const reader = openReader(workerData as StoreConfig);
let before: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ number, job }: { number: number; job: Job }) => {
  before = before.then(async () => {
    try {
      parentPort?.postMessage({ number, result: await doJob(reader, job) });
    } catch (error) {
      parentPort?.postMessage({ number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
});
