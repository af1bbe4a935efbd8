import { useRef, useState, type ReactNode } from 'react';

interface Props {
  /** Class of what opens it. */
  look: string;
  summary: ReactNode;
  /** Ids of what names it. */
  labelledBy?: string;
  /** Id of what names the part that opens. */
  name: string;
  children: ReactNode;
}

/** The browser's own, opened over the page; it closes when the focus leaves it, and by Escape. */
export function Disclosure({ look, summary, labelledBy, name, children }: Props) {
  const details = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      ref={details}
      className="rooms-menu"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        details.current?.querySelector('summary')?.focus();
      }}
    >
      <summary className={look} aria-labelledby={labelledBy}>
        {summary}
      </summary>
      {/* It can be focused by a press: a click into it does not close it. */}
      <div className="popover rooms-choices" role="group" aria-labelledby={name} tabIndex={-1}>
        {open && children}
      </div>
    </details>
  );
}
