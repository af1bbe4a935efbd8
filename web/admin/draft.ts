import { useState } from 'react';

/** What is being written over a thing that may change underneath: fields that were not touched follow it, the others keep what was written. */
export interface Draft<T extends object> {
  value: T;
  /** Only what differs from the thing as it is. */
  changes: Partial<T>;
  isDirty: boolean;
  set: (part: Partial<T>) => void;
  reset: () => void;
}

export function useDraft<T extends object>(base: T): Draft<T> {
  const [written, setWritten] = useState<Partial<T>>({});
  const value = { ...base, ...written };
  const changes = Object.fromEntries(
    Object.entries(written).filter(([name, own]) => JSON.stringify(own) !== JSON.stringify(base[name as keyof T])),
  ) as Partial<T>;
  return {
    value,
    changes,
    isDirty: Object.keys(changes).length > 0,
    set: (part) => {
      setWritten((before) => ({ ...before, ...part }));
    },
    reset: () => {
      setWritten({});
    },
  };
}
