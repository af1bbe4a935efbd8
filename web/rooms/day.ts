import { useCallback } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { timelineMethod } from '../../src/wire/v1/timeline.ts';
import { call } from '../lib/api.ts';
import { learnNow } from '../lib/now.ts';
import type { Axis } from './axis.ts';
import { keepingSame, pictureOf, type Picture } from './picture.ts';

/** What somebody looks at: a day, of the whole tenant or of what is below a level. */
export interface View {
  axis: Axis | undefined;
  level: string | undefined;
}

const keyOf = ({ axis, level }: View) => ['rooms', axis?.from, axis?.to, level] as const;

/** The picture of a day. A newer one replaces it, row by row. */
export function useDay(view: View) {
  const { axis, level } = view;
  return useQuery({
    queryKey: keyOf(view),
    enabled: axis !== undefined,
    queryFn: async ({ signal }) => {
      const { from = 0, to = 0 } = axis ?? {};
      const query = { from: isoOf(from), to: isoOf(to), ...(level === undefined ? {} : { level }) };
      const answer = await call(timelineMethod, { query, signal });
      learnNow(answer.now);
      return pictureOf(answer, { from, to });
    },
    structuralSharing: (older, newer) => keepingSame(older as Picture | undefined, newer as Picture),
    staleTime: 30_000,
  });
}

/** Changes the picture at hand, or reads it anew. */
export function usePatch(view: View): { patch: (change: (picture: Picture) => Picture) => void; refresh: () => void; present: () => Picture | undefined } {
  const queries = useQueryClient();
  const { axis, level } = view;
  const patch = useCallback(
    (change: (picture: Picture) => Picture) => {
      queries.setQueryData<Picture>(keyOf({ axis, level }), (picture) => picture && change(picture));
    },
    [queries, axis, level],
  );
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['rooms'] }), [queries]);
  const present = useCallback(() => queries.getQueryData<Picture>(keyOf({ axis, level })), [queries, axis, level]);
  return { patch, refresh, present };
}

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}
