import { isSignedOut, type ApiError } from './api.ts';
import { inBoth, type Words } from './language.ts';

/** Words that every screen needs. */
export const common = inBoth({
  en: {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    undo: 'Undo',
    tryAgain: 'Try again',
    loading: 'Loading…',
    offline: 'The server does not answer. What you see may be out of date.',
    failed: 'That did not work.',
    stale: 'Somebody changed it meanwhile. The newest state is shown now.',
    reference: (id: string) => `Reference ${id}`,
    signedOut: 'You are signed out. Sign in again, then try once more.',
    noAccess: 'You may not see this.',
  },
  zh: {
    close: '关闭',
    cancel: '取消',
    save: '保存',
    undo: '撤销',
    tryAgain: '重试',
    loading: '加载中…',
    offline: '服务器没有响应，当前内容可能不是最新的。',
    failed: '操作失败。',
    stale: '内容已被他人修改，现在显示的是最新状态。',
    reference: (id: string) => `参考编号 ${id}`,
    signedOut: '登录已失效，请重新登录后再试。',
    noAccess: '你没有查看权限。',
  },
});

type Entries<W> = W extends Words<infer E> ? E : never;

/** What to tell people of an error: the server's own words where it has refused. */
export function wordsOf(error: ApiError, say: Entries<typeof common>): string {
  if (error.status === 0) return say.offline;
  if (error.code === 'stale') return say.stale;
  if (isSignedOut(error)) return say.signedOut;
  return error.message || say.failed;
}
