import { once } from 'node:events';
import { expect, it } from 'vitest';
import { EventStream } from '../../src/http/event-stream.ts';

/* What becomes of events that nobody reads. */
const MEBIBYTE = 1 << 20;
const data = { text: 'x'.repeat(1000) };

it('who reads nothing is cut off, having kept no more than a mebibyte of memory', async () => {
  let ends = 0;
  const stream = new EventStream(() => ends++);
  const closed = once(stream, 'close');
  let said = 0;
  while (!stream.destroyed && said < 5000) stream.say('reservation', String(++said), data);
  await closed;
  expect(said).toBeGreaterThan(1000);
  expect(said).toBeLessThan(1100);
  expect(stream.readableLength).toBeLessThan(MEBIBYTE + 2000);
  expect(ends).toBe(1);
  // What is said to nobody is not kept.
  stream.say('reservation', 'later', data);
  expect(stream.readableLength).toBeLessThan(MEBIBYTE + 2000);
});

it('who reads gets all of it, however much there is, and then the end', async () => {
  let ends = 0;
  const stream = new EventStream(() => ends++);
  let text = '';
  stream.on('data', (chunk: string) => (text += chunk));
  const ended = once(stream, 'end');
  for (let said = 1; said <= 3000; said++) {
    stream.say('reservation', String(said), data);
    if (said % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  stream.finish();
  await ended;
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(Array.from({ length: 3000 }, (_none, i) => i + 1));
  expect(ends).toBe(1);
});
