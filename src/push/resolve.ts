import { Resolver } from 'node:dns/promises';

/** All addresses of a name, of both families; empty when there is none or nobody answers. Ends when the signal says so. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks name servers, not the machine's resolver: that one waits in one of the few threads on which passwords are hashed too,
 * so a name server that somebody makes slow could stop everybody.
 *
 * @param servers addresses with ports; default: the machine's own
 */
export function nameServers(servers?: readonly string[]): Resolve {
  return async (host, signal) => {
    const resolver = new Resolver({ timeout: 700, tries: 2 });
    if (servers) resolver.setServers(servers);
    const cancel = () => {
      resolver.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}
