import { useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { useWords } from '../lib/language.ts';
import { common, wordsOf } from '../lib/words.ts';

/** Something that is asked of the server: whether it is under way, and what it was refused for. */
export interface Task {
  busy: boolean;
  /** What went wrong, in the server's words; undefined: nothing. */
  fault: string | undefined;
  code: string | undefined;
  /** What is wrong with one field. */
  faultOf: (field: string) => string | undefined;
  /** Runs it, and says whether it went well. */
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

export function useTask(): Task {
  const say = useWords(common);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const fields = error?.problem.fields ?? [];
  const sentence =
    error && [wordsOf(error, say), ...(error.code === 'invalid' ? fields.map(({ field, description }) => `${field}: ${description}`) : [])].join(' ');
  return {
    busy,
    fault: sentence,
    code: error?.code,
    faultOf: (field) => fields.find((one) => one.field === field)?.description,
    clear: () => {
      setError(undefined);
    },
    run: async (work) => {
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        setError(thrown);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
