import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { language, useWords } from '../lib/language.ts';
import { APPROVALS_KEY, BOOKED_KEY, INBOX_KEY } from '../lib/waiting.ts';
import { common, wordsOf } from '../lib/words.ts';
import { toast } from '../parts/toasts.tsx';
import { ruleWords } from './rules.ts';

export const TIMELINE_KEY = ['timeline'];

/**
 * Does something to a reservation: one thing at a time. What is refused is said in the corner; whatever came of it, what is on the
 * screen is read again.
 */
export function useAct(): { busy: boolean; act: <Result>(work: () => Promise<Result>, then?: (result: Result) => void) => Promise<boolean> } {
  const queries = useQueryClient();
  const say = useWords(common);
  const rules = useWords(ruleWords);
  const [busy, setBusy] = useState(false);
  const act = async <Result>(work: () => Promise<Result>, then?: (result: Result) => void): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    try {
      then?.(await work());
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const rule = rules[error.problem.rule ?? ''];
      toast(rule === undefined ? wordsOf(error, say) : `${say.failed}${language() === 'zh' ? '' : ' '}${rule}`);
      return false;
    } finally {
      await Promise.all([BOOKED_KEY, APPROVALS_KEY, INBOX_KEY, TIMELINE_KEY].map((queryKey) => queries.invalidateQueries({ queryKey })));
      setBusy(false);
    }
  };
  return { busy, act };
}
