interface Props {
  name: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

/** On or off, at once. */
export function Switch({ name, on, onChange }: Props) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      className="button quiet ledger-switch"
      onClick={() => {
        onChange(!on);
      }}
    >
      <span className="ledger-track" aria-hidden="true" />
      {name}
    </button>
  );
}
