import { useCallback } from 'react';
import { ApiError } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { common, wordsOf } from '../lib/words.ts';
import { roomsWords, type RoomsWords } from './words.ts';

/** Why something was not done: a rule in the reader's language, with what the server adds to it. */
export function useRefusal(): (error: unknown) => string {
  const say = useWords(roomsWords);
  const others = useWords(common);
  return useCallback(
    (error) => {
      if (!(error instanceof ApiError)) return others.failed;
      const { rule, message } = error.problem;
      const known: Partial<RoomsWords['rules']> = say.rules;
      const words = rule === undefined ? undefined : known[rule as keyof RoomsWords['rules']];
      if (words !== undefined) return rule === undefined || rule === 'taken' || message === undefined ? words : say.inFull(rule, words, message);
      if (error.code === 'wrong_state') return say.wrongState;
      if (error.code === 'no_permission') return say.noPermission;
      if (error.code === 'not_found') return say.gone;
      return wordsOf(error, others);
    },
    [say, others],
  );
}
