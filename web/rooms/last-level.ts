import { useEffect, useLayoutEffect, useState } from 'react';
import { keep, kept } from '../lib/kept.ts';
import { useTree } from '../lib/tree.ts';
import type { useWanted, Wanted } from './address.ts';

type State = ReturnType<typeof useWanted>;

/** The level that a person chose last, for who comes without an address that says what they want. */
export function useLastLevel(personId: string, [wanted, change]: State): State {
  const name = `yuding.level.${personId}`;
  const [level, setLevel] = useState(() => (location.search === '' ? (kept(name) ?? undefined) : undefined));
  const { data: tree } = useTree();
  useLayoutEffect(() => {
    if (level === undefined) return;
    change({ level }, true);
    // The address has it from here on: both change at once.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setLevel(undefined);
    // Once, as the screen opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  // What has been deleted meanwhile is forgotten.
  const isGone = tree !== undefined && wanted.level !== undefined && tree.level(wanted.level) === undefined && kept(name) === wanted.level;
  useEffect(() => {
    if (!isGone) return;
    keep(name, null);
    change({ level: undefined }, true);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `change` is another with each rendering
  }, [isGone, name]);
  const remember = (part: Partial<Wanted>, quietly?: boolean) => {
    if ('level' in part) keep(name, part.level ?? null);
    change(part, quietly);
  };
  return [level === undefined ? wanted : { ...wanted, level }, remember];
}
