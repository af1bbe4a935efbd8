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
  /** Something is being written in a cell. */
  isWriting?: boolean;
  /** `onWrite`: rooms have this cell written anew in its place. */
  columns: readonly { name: string; cell: (node: Node) => ReactNode; className?: string; onWrite?: (node: Node) => void }[];
  /** Rooms that are chosen together, and a wish to change which. */
  picked?: ReadonlySet<string>;
  onPick?: (picked: ReadonlySet<string>) => void;
  /** What is known of a line behind its name. */
  note?: (node: Node) => ReactNode;
}

const ROW = 36;
const TOUCH_ROW = 44;
const HEAD = 30;

/** Levels and rooms as a tree of rows: one stop for Tab, arrows within, and of two thousand rows those in sight are drawn. */
export function TreeGrid({ lines, chosen, onChoose, onToggle, onKey, onDrop, renaming, isWriting, columns, note, picked, onPick }: Props) {
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
    if (!wantsFocus.current || renaming || isWriting) return;
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
  const pick = (...nodes: readonly Node[]) => onPick?.(new Set([...(picked ?? []), ...nodes.filter(({ kind }) => kind === 'room').map(({ id }) => id)]));
  /** A room goes in or out; a level: all rooms that show below it. */
  const togglePick = (node: Node) => {
    const at = lines.findIndex((line) => line.node.id === node.id);
    const depth = lines[at]?.depth ?? 0;
    const end = lines.findIndex((line, i) => i > at && line.depth <= depth);
    const rooms = (node.kind === 'room' ? [node] : lines.slice(at, end < 0 ? undefined : end).map((line) => line.node)).filter(({ kind }) => kind === 'room');
    const isIn = rooms.every(({ id }) => picked?.has(id));
    if (isIn) onPick?.(new Set([...(picked ?? [])].filter((id) => rooms.every((room) => room.id !== id))));
    else pick(...rooms);
  };
  const pickTo = (index: number) => {
    const nodes = lines.slice(Math.min(active, index), Math.max(active, index) + 1).map(({ node }) => node);
    pick(...nodes);
    go(index);
  };
  /** Keys that choose several; true: it was one of them. */
  const picks = (node: Node, event: KeyboardEvent): boolean => {
    const isControl = event.ctrlKey || event.metaKey;
    if (!onPick || event.altKey) return false;
    if (event.key === ' ' && !event.shiftKey) togglePick(node);
    else if (event.shiftKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      pickTo(Math.min(Math.max(active + (event.key === 'ArrowDown' ? 1 : -1), 0), lines.length - 1));
    else if (isControl && event.key.toLowerCase() === 'a') pick(...lines.map((line) => line.node));
    else if (event.key === 'Escape' && picked && picked.size > 0) onPick(new Set());
    else return false;
    return true;
  };
  /** Keys within a cell that can be written; true: it was one of them. */
  const inCell = (cell: HTMLElement, node: Node, event: KeyboardEvent): boolean => {
    if (event.key === 'Enter' || event.key === 'F2') {
      wantsFocus.current = true;
      columns[Number(cell.dataset.write)]?.onWrite?.(node);
    } else if (event.key === 'ArrowLeft' || event.key === 'Escape') cell.closest<HTMLElement>('[role=row]')?.focus();
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!activeLine || (event.target as HTMLElement).tagName === 'INPUT') return;
    const { node, isOpen, hasBelow } = activeLine;
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-write]');
    if ((cell && inCell(cell, node, event)) || picks(node, event)) {
      event.preventDefault();
      return;
    }
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
        else frame.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(node.id)}"] [data-write]`)?.focus();
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
      <div
        role="treegrid"
        aria-label={say.tree}
        aria-multiselectable={onPick ? true : undefined}
        aria-rowcount={lines.length}
        aria-colcount={columns.length + 1}
        onKeyDown={onKeyDown}
        className="admin-tree"
        data-picking={picked && picked.size > 0}
      >
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
                aria-selected={picked && picked.size > 0 ? picked.has(node.id) : node.id === chosen}
                aria-current={node.id === chosen ? 'true' : undefined}
                style={{ transform: `translateY(${String(start - head)}px)`, height: size }}
                draggable={onDrop && node.parent_id !== null}
                onClick={(event) => {
                  if (onPick && event.shiftKey) pickTo(index);
                  else if (onPick && (event.ctrlKey || event.metaKey)) togglePick(node);
                  else onChoose(node);
                  setActiveId(node.id);
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
                  {onPick && node.kind === 'room' && (
                    <span
                      className="admin-pick"
                      aria-hidden="true"
                      onClick={(event) => {
                        event.stopPropagation();
                        togglePick(node);
                      }}
                    >
                      {picked?.has(node.id) ? '☑' : '☐'}
                    </span>
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
                {columns.map(({ name, cell, className, onWrite }, column) => (
                  <div
                    key={name}
                    role="gridcell"
                    className={className}
                    {...(onWrite && node.kind === 'room'
                      ? {
                          tabIndex: -1,
                          'data-write': column,
                          onDoubleClick: () => {
                            wantsFocus.current = true;
                            onWrite(node);
                          },
                        }
                      : {})}
                  >
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
