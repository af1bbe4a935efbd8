import type { FastifyInstance } from 'fastify';
import type { Ctx } from '../../context.ts';
import { mountAuthorize } from './authorize.ts';
import { mountAccount } from './account.ts';
import { mountPassword } from './password.ts';
import { mountSetUp } from './set-up.ts';
import { mountSignIn } from './sign-in.ts';
import { mountSingleSignOn } from './single-sign-on.ts';

/** The pages that the server makes itself. */
export function mountPages(server: FastifyInstance, ctx: Ctx): void {
  for (const mount of [mountAccount, mountSignIn, mountSingleSignOn, mountSetUp, mountPassword, mountAuthorize]) mount(server, ctx);
}
