import { DomainError } from '../../domain/errors.ts';
import { PASSWORD_LENGTH, PasswordError, type PasswordFault } from '../../domain/passwords.ts';
import { DelayedError } from '../../domain/sign-in.ts';
import { html, type Html, type Text } from './page.ts';

/** A labelled input. */
export function field(input: { label: string; name: string; type?: 'email' | 'password'; value?: string; autocomplete?: string; hint?: string }): Html {
  const { label, name, type = 'text', value = '', autocomplete = 'off', hint } = input;
  return html`<label
    >${label} <input name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required />${
      hint !== undefined && html`<span class="hint">${hint}</span>`
    }</label
  >`;
}

/** What stands between the words that were typed and what they were for, above its form. @param wait seconds until the form is worth another try */
export function problem(text: string | undefined, wait?: number): Html | undefined {
  return text === undefined ? undefined : html`<p class="problem" role="alert" ${wait !== undefined && html` data-wait="${wait}"`}>${text}</p>`;
}

/** Which characters a new password has. */
export const passwordHint: Text = {
  en: `${String(PASSWORD_LENGTH.least)} characters or more`,
  zh: `至少 ${String(PASSWORD_LENGTH.least)} 个字符`,
};

const passwordFaults: Readonly<Record<PasswordFault, Text>> = {
  short: { en: `The password must have ${String(PASSWORD_LENGTH.least)} characters or more.`, zh: `密码至少要有 ${String(PASSWORD_LENGTH.least)} 个字符。` },
  long: { en: `The password must have ${String(PASSWORD_LENGTH.most)} characters or fewer.`, zh: `密码不能超过 ${String(PASSWORD_LENGTH.most)} 个字符。` },
  own: { en: 'The password must not be the name or the e-mail address.', zh: '密码不能与姓名或电子邮箱相同。' },
  common: { en: 'That is one of the passwords that everybody tries first.', zh: '该密码过于常见，容易被猜到。' },
};

const fieldFaults: Readonly<Record<string, Text>> = {
  name: { en: 'The name of the organisation must have 1 to 200 characters.', zh: '组织名称须为 1 至 200 个字符。' },
  timeZone: { en: 'There is no such time zone; one looks like Asia/Shanghai.', zh: '没有这个时区；时区的写法如 Asia/Shanghai。' },
  administrator: { en: 'Your name must have 1 to 200 characters.', zh: '姓名须为 1 至 200 个字符。' },
  email: { en: 'That is no e-mail address.', zh: '这不是电子邮箱地址。' },
};

/** What is wrong with a form that the product refused, its status and for how long; anything else is thrown on. */
export function refusalOf(error: unknown): { status: number; text: Text; wait?: number } {
  if (error instanceof PasswordError) return { status: 400, text: passwordFaults[error.fault] };
  if (error instanceof DelayedError) {
    const minutes = String(Math.ceil(error.seconds / 60));
    const text = { en: `Too many tries failed. Try again in ${minutes} minutes.`, zh: `失败次数过多，请在 ${minutes} 分钟后重试。` };
    return { status: 429, text, wait: error.seconds };
  }
  const fault = error instanceof DomainError && error.reason === 'param' ? fieldFaults[error.subject ?? ''] : undefined;
  if (fault) return { status: 400, text: fault };
  throw error;
}
