import { SingleBar } from 'cli-progress';

/** Shows how far a long piece of work has come. */
export interface Progress {
  readonly update: (done: number) => void;
  readonly stop: () => void;
}

const SECONDS_BETWEEN_LINES = 5;

/** A bar where standard error is a terminal, a plain line every few seconds elsewhere. Work that is soon done shows nothing. */
export function showProgress(what: string, total: number): Progress {
  const startedAt = performance.now();
  const rate = (done: number) => Math.round(done / Math.max((performance.now() - startedAt) / 1000, 0.001));
  if (process.stderr.isTTY) {
    const bar = new SingleBar({
      format: `${what} {bar} {percentage}% | {value}/{total} | {rate}/s | ETA {eta_formatted}`,
      stream: process.stderr,
      hideCursor: true,
      etaBuffer: 200,
      clearOnComplete: true,
    });
    bar.start(total, 0, { rate: 0 });
    return {
      update: (done) => {
        bar.update(done, { rate: rate(done) });
      },
      stop: () => {
        bar.stop();
      },
    };
  }
  let shownAt = startedAt;
  return {
    update: (done) => {
      if (performance.now() - shownAt < SECONDS_BETWEEN_LINES * 1000) return;
      shownAt = performance.now();
      const perSecond = rate(done);
      const left = Math.ceil((total - done) / Math.max(perSecond, 1));
      console.error(
        `${what}: ${String(done)} of ${String(total)} (${String(Math.floor((done / total) * 100))} %), ${String(perSecond)}/s, ETA ${String(left)} s`,
      );
    },
    stop: () => undefined,
  };
}
