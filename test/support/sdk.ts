import * as lark from '@larksuiteoapi/node-sdk';
import type { TestApp } from './app.ts';
import type { LedgerBody } from './ledger.ts';

/** The official SDK, pointed at a server of ours and otherwise as it comes. */
export function sdkClient(app: TestApp, { appId, appSecret }: { appId: string; appSecret: string }, { ownTokens = true } = {}): lark.Client {
  // Without tokens of its own it takes those that a call is given.
  return new lark.Client({
    appId,
    appSecret,
    domain: app.url,
    oauthBaseUrl: app.url,
    loggerLevel: lark.LoggerLevel.error,
    logger: silence,
    disableTokenCache: !ownTokens,
  });
}

const ignore = () => undefined;
/** The SDK logs what it also throws. */
const silence = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore };

/** What the SDK rejects with when the server answers with an HTTP error. */
export interface SdkError {
  response: { status: number; headers: Record<string, string>; data: LedgerBody };
}

/** The HTTP answer that made a call of the SDK reject. */
export async function rejection(call: Promise<unknown>): Promise<SdkError['response']> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as Partial<SdkError>,
  );
  if (!error?.response) throw new Error('the call did not reject with an answer', { cause: error });
  return error.response;
}
