import { useState } from 'react';
import type { Touches } from '../../../src/wire/v1/touches.ts';
import { useWords } from '../../lib/language.ts';
import { common } from '../../lib/words.ts';
import { toast } from '../../parts/toasts.tsx';
import type { Task } from '../task.ts';
import { changeNode, previewMove, useRefresh } from './changes.ts';
import type { Node } from './lines.ts';
import { roomsWords } from './words.ts';

/** A move that touches something, to be looked at before it is done. */
export interface Plan {
  nodes: readonly Node[];
  into: string;
  touches: Touches;
}

interface Step {
  node: Node;
  into: string;
}

/** Moves of rooms and levels: at once where nothing is touched, else as a plan first; each can be undone for a while. */
export function useMoving(byId: ReadonlyMap<string, Node>, task: Task, onMoved: (into: string) => void) {
  const say = useWords(roomsWords);
  const general = useWords(common);
  const refresh = useRefresh();
  const [plan, setPlan] = useState<Plan>();

  const commit = async (steps: readonly Step[], isUndo: boolean) => {
    const back: Step[] = [];
    try {
      for (const { node, into } of steps) {
        const version = await changeNode(node, { into }, node.version);
        if (node.parent_id !== null) back.unshift({ node: { ...node, parent_id: into, version }, into: node.parent_id });
      }
    } finally {
      await refresh();
      const [first] = back;
      if (first && !isUndo) {
        const into = first.node.parent_id ?? '';
        const place = byId.get(into)?.name ?? '';
        onMoved(into);
        toast(back.length === 1 ? say.moved(first.node.name, place) : say.movedSeveral(back.length, place), {
          name: general.undo,
          run: () => void task.run(() => commit(back, true)),
        });
      }
    }
  };
  const stepsOf = (nodes: readonly Node[], into: string) => nodes.map((node) => ({ node, into }));
  return {
    plan,
    ask: (wanted: readonly Node[], into: string) => {
      const nodes = wanted.filter((node) => node.parent_id !== into);
      if (nodes.length === 0) return;
      void task.run(async () => {
        const found: Touches[] = [];
        try {
          for (const node of nodes) {
            const touches = await previewMove(node, into);
            if (touches) found.push(touches);
          }
        } catch (error) {
          await refresh();
          throw error;
        }
        const touches = sumOf(found);
        if (touches.reservations + touches.devices + touches.rules.length > 0 || touches.time_zone) setPlan({ nodes, into, touches });
        else await commit(stepsOf(nodes, into), false);
      });
    },
    confirm: ({ nodes, into }: Plan) => {
      setPlan(undefined);
      void task.run(() => commit(stepsOf(nodes, into), false));
    },
    forget: () => {
      setPlan(undefined);
    },
  };
}

function sumOf(all: readonly Touches[]): Touches {
  const rules = new Map(all.flatMap((one) => one.rules.map((rule) => [JSON.stringify(rule), rule])));
  return {
    reservations: all.reduce((sum, one) => sum + one.reservations, 0),
    devices: all.reduce((sum, one) => sum + one.devices, 0),
    rules: [...rules.values()],
    time_zone: all.find((one) => one.time_zone)?.time_zone ?? null,
  };
}
