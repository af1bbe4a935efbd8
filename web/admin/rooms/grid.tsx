import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useWords } from '../../lib/language.ts';
import type { Line, Node } from './lines.ts';
import { roomsWords } from './words.ts';

interface Props {
  lines: readonly Line[];
  /** The line whose thing is shown beside the tree. */
  chosen: string | undefined;
  onChoose: (node: Node) => void;
  onToggle: (id: string, open: boolean) => void;
  /** What else keys do to a line; true: it was one of theirs. */
  onKey?: (node: Node, event: KeyboardEvent) => boolean;
  onDrop?: (id: string, levelId: string) => void;
  /** In the place of a name, while it is being changed. */
  renaming?: { id: string; field: ReactNode } | undefined;
  columns: readonly { name: string; cell: (node: Node) => ReactNode; className?: string }[];
  /** What is known of a line behind its name. */
  note?: (node: Node) => ReactNode;
}

const ROW = 36;
const TOUCH_ROW = 44;
const HEAD = 30;

/** Levels and rooms as a tree of rows: one stop for Tab, arrows within, and of two thousand rows those in sight are drawn. */
export function TreeGrid({ lines, chosen, onChoose, onToggle, onKey, onDrop, renaming, columns, note }: Props) {
  const say = useWords(roomsWords);
  const frame = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const [over, setOver] = useState<string>();
  const wantsFocus = useRef(false);
  const found = lines.findIndex(({ node }) => node.id === (activeId ?? chosen));
  const active = Math.max(found, 0);
  const [size] = useState(() => (matchMedia('(pointer: coarse), (max-width: 640px)').matches ? TOUCH_ROW : ROW));
  const head = columns.length > 0 ? HEAD : 0;
  // eslint-disable-next-line react-hooks/incompatible-library -- what it returns is used here alone and never handed on
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => size,
    overscan: 8,
    // The head stays over the rows.
    scrollMargin: head,
    scrollPaddingStart: head,
    // The row that has the focus stays drawn, wherever one scrolls.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), Math.min(active, lines.length - 1)])].filter((i) => i >= 0).sort((a, b) => a - b),
  });
  const activeLine = lines[active];
  const firstShown = useRef(found);
  useEffect(() => {
    // What an address names is in sight when one comes.
    if (firstShown.current > 0) rows.scrollToIndex(firstShown.current, { align: 'center' });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- on coming, not whenever the rows are drawn anew
  }, []);
  useEffect(() => {
    if (!wantsFocus.current || renaming) return;
    wantsFocus.current = false;
    frame.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(activeLine?.node.id ?? '')}"]`)?.focus();
  });

  const go = (index: number) => {
    const line = lines[Math.min(Math.max(index, 0), lines.length - 1)];
    if (!line) return;
    wantsFocus.current = true;
    setActiveId(line.node.id);
    rows.scrollToIndex(lines.indexOf(line));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!activeLine || (event.target as HTMLElement).tagName === 'INPUT') return;
    const { node, isOpen, hasBelow } = activeLine;
    if (onKey?.(node, event)) {
      event.preventDefault();
      wantsFocus.current = true;
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const parent = lines.findIndex((line) => line.node.id === node.parent_id);
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 400) / size) - 1);
    const moves: Partial<Record<string, () => void>> = {
      ArrowDown: () => {
        go(active + 1);
      },
      ArrowUp: () => {
        go(active - 1);
      },
      PageDown: () => {
        go(active + page);
      },
      PageUp: () => {
        go(active - page);
      },
      Home: () => {
        go(0);
      },
      End: () => {
        go(lines.length - 1);
      },
      ArrowRight: () => {
        if (hasBelow && !isOpen) onToggle(node.id, true);
        else if (hasBelow) go(active + 1);
      },
      ArrowLeft: () => {
        if (hasBelow && isOpen) onToggle(node.id, false);
        else if (parent >= 0) go(parent);
      },
      Enter: () => {
        onChoose(node);
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  return (
    <div className="admin-tree-frame table-frame" ref={frame} data-touch={size === TOUCH_ROW}>
      <div role="treegrid" aria-label={say.tree} aria-rowcount={lines.length} aria-colcount={columns.length + 1} onKeyDown={onKeyDown} className="admin-tree">
        {columns.length > 0 && (
          <div role="row" className="admin-tree-head">
            <div role="columnheader">{say.name}</div>
            {columns.map(({ name, className }) => (
              <div key={name} role="columnheader" className={className}>
                {name}
              </div>
            ))}
          </div>
        )}
        <div role="rowgroup" className="admin-tree-body" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (!line) return null;
            const { node, depth, isOpen, hasBelow, place, siblings } = line;
            return (
              <div
                key={node.id}
                role="row"
                data-id={node.id}
                data-kind={node.kind}
                data-over={over === node.id}
                className="admin-tree-row"
                tabIndex={index === active ? 0 : -1}
                aria-level={depth}
                aria-rowindex={index + 1}
                aria-posinset={place}
                aria-setsize={siblings}
                aria-expanded={hasBelow ? isOpen : undefined}
                aria-selected={node.id === chosen}
                style={{ transform: `translateY(${String(start - head)}px)`, height: size }}
                draggable={onDrop && node.parent_id !== null}
                onClick={() => {
                  setActiveId(node.id);
                  onChoose(node);
                }}
                onFocus={() => {
                  setActiveId(node.id);
                }}
                onDragStart={(event) => {
                  event.dataTransfer.setData('text/plain', node.id);
                  event.dataTransfer.effectAllowed = 'move';
                }}
                onDragOver={(event) => {
                  if (!onDrop || node.kind !== 'level') return;
                  event.preventDefault();
                  if (over !== node.id) setOver(node.id);
                }}
                onDragLeave={() => {
                  setOver(undefined);
                }}
                onDrop={(event) => {
                  event.preventDefault();
                  setOver(undefined);
                  if (node.kind === 'level') onDrop?.(event.dataTransfer.getData('text/plain'), node.id);
                }}
              >
                <div role="gridcell" className="admin-tree-name" style={{ paddingInlineStart: `${String((depth - 1) * 18 + 4)}px` }}>
                  {hasBelow ? (
                    <span
                      className="admin-twist"
                      data-open={isOpen}
                      aria-hidden="true"
                      onClick={(event) => {
                        event.stopPropagation();
                        onToggle(node.id, !isOpen);
                      }}
                    >
                      ▸
                    </span>
                  ) : (
                    <span className="admin-twist" aria-hidden="true" />
                  )}
                  {renaming?.id === node.id ? (
                    renaming.field
                  ) : (
                    <>
                      <span className="admin-tree-text" title={node.name}>
                        {node.name}
                      </span>
                      {note?.(node)}
                    </>
                  )}
                </div>
                {columns.map(({ name, cell, className }) => (
                  <div key={name} role="gridcell" className={className}>
                    {cell(node)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
