import { ApiError } from '../lib/api.ts';
import { inBoth, language } from '../lib/language.ts';
import { common, wordsOf } from '../lib/words.ts';

const refusalWords = inBoth({
  en: {
    rules: {
      taken: 'Somebody else has the room then.',
      disabled: 'The room is not in use then.',
      not_allowed: 'Only some people may reserve this room.',
      too_far_ahead: 'That is further ahead than the room can be reserved.',
      outside_hours: 'That is outside the hours in which the room can be used.',
      too_long: 'That is longer than the room can be reserved.',
      in_the_past: 'The time has passed.',
      no_recurring: 'This room cannot be reserved for a series.',
      no_reason: 'This needs an approval: say what it is for.',
      needs_person: 'Only people, not apps, can reserve this room.',
      by_approver: 'Whoever decides has turned it down.',
      outbid: 'Somebody else was given the slot.',
      undecided: 'Nobody decided before it began.',
    },
    inFull: (_rule: string, words: string, message: string) => `${words} In full: ${message}`,
    wrongState: 'It is over, has begun, or was given back: this can no longer be done.',
    noPermission: 'Only who reserved it, or an administrator, may do this.',
    gone: 'This reservation is no longer there.',
  },
  zh: {
    rules: {
      taken: '该时段已被他人预定。',
      disabled: '该时段会议室停用。',
      not_allowed: '仅部分成员可预定此会议室。',
      too_far_ahead: '超出此会议室可提前预定的天数。',
      outside_hours: '不在此会议室的可用时间内。',
      too_long: '超出此会议室单次可预定的时长。',
      in_the_past: '该时间已过去。',
      no_recurring: '此会议室不支持重复预定。',
      no_reason: '需要审批，请填写预定理由。',
      needs_person: '此会议室仅可由成员预定，应用不可预定。',
      by_approver: '审批人已拒绝。',
      outbid: '该时段已批准给他人。',
      undecided: '开始前无人审批。',
    },
    // The server's sentence is English: its figures are said anew.
    inFull: (rule: string, words: string, message: string) => {
      const [one = '', other = ''] = message.match(/\d+(?:[:.]\d+)?/g) ?? [];
      if (one === '' && rule !== 'disabled') return words;
      if (rule === 'too_long') return `${words}单次最长 ${one} ${message.includes(' days') ? '天' : '小时'}。`;
      if (rule === 'too_far_ahead') return `${words}最多可提前 ${one} 天，每天 ${other} 起开放。`;
      if (rule === 'outside_hours') return `${words}可用时间为 ${one}–${other}。`;
      const reason = message.split(': ').slice(1).join(': ');
      return rule === 'disabled' && reason !== '' ? `${words}原因：${reason}` : words;
    },
    wrongState: '预定已结束、已开始或已释放，无法执行此操作。',
    noPermission: '仅预定人或管理员可执行此操作。',
    gone: '该预定已不存在。',
  },
});

/** Why something was not done: a rule in the reader's language, with what the server adds to it. Loaded when the first thing is refused. */
export function refusalOf(error: unknown): string {
  const say = refusalWords[language()];
  const others = common[language()];
  if (!(error instanceof ApiError)) return others.failed;
  const { rule, message } = error.problem;
  const known: Partial<typeof say.rules> = say.rules;
  const words = rule === undefined ? undefined : known[rule as keyof typeof say.rules];
  if (words !== undefined) return rule === undefined || rule === 'taken' || message === undefined ? words : say.inFull(rule, words, message);
  if (error.code === 'wrong_state') return say.wrongState;
  if (error.code === 'no_permission') return say.noPermission;
  if (error.code === 'not_found') return say.gone;
  return wordsOf(error, others);
}
