import { Component, type ReactNode } from 'react';
import { useWords } from '../lib/language.ts';
import { shellWords } from './words.ts';

/** Keeps a fault in one screen from taking the rest of the page away. */
export class Broken extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Apology /> : this.props.children;
  }
}

function Apology() {
  const say = useWords(shellWords);
  return (
    <div className="empty stack">
      <h1>{say.broken}</h1>
      <p>
        <button
          type="button"
          className="button"
          onClick={() => {
            location.reload();
          }}
        >
          {say.reload}
        </button>
      </p>
    </div>
  );
}
