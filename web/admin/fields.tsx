import { useId, type ReactNode } from 'react';

interface Common {
  label: string;
  hint?: string;
  fault?: string | undefined;
}

interface TextProps extends Common {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'email' | 'search' | 'url';
  required?: boolean;
  lines?: number;
  placeholder?: string;
  list?: readonly string[];
  mono?: boolean;
  autoFocus?: boolean;
}

/** A line of text, or several. */
export function TextField({ label, hint, fault, value, onChange, type = 'text', required, lines, placeholder, list, mono, autoFocus }: TextProps) {
  const id = useId();
  const common = {
    id,
    className: mono ? 'input id' : 'input',
    value,
    required,
    placeholder,
    autoComplete: 'off',
    'aria-invalid': fault === undefined ? undefined : true,
    'aria-describedby': fault === undefined && hint === undefined ? undefined : `${id}-note`,
    onChange: (event: { target: { value: string } }) => {
      onChange(event.target.value);
    },
  } as const;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {lines === undefined ? (
        <input {...common} type={type} list={list ? `${id}-list` : undefined} data-autofocus={autoFocus} />
      ) : (
        <textarea {...common} rows={lines} />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <Note id={`${id}-note`} fault={fault} hint={hint} />
    </div>
  );
}

/** A whole number. */
export function NumberField({
  label,
  hint,
  fault,
  value,
  onChange,
  min,
  max,
  step = 1,
}: Common & { value: number; onChange: (value: number) => void; min: number; max: number; step?: number }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input number"
        type="number"
        inputMode="decimal"
        min={min}
        max={max}
        step={step}
        value={Number.isNaN(value) ? '' : value}
        aria-invalid={fault === undefined ? undefined : true}
        aria-describedby={fault === undefined && hint === undefined ? undefined : `${id}-note`}
        onChange={(event) => {
          onChange(event.target.valueAsNumber);
        }}
      />
      <Note id={`${id}-note`} fault={fault} hint={hint} />
    </div>
  );
}

/** One of a few. */
export function ChoiceField<Value extends string>({
  label,
  hint,
  fault,
  value,
  onChange,
  choices,
}: Common & { value: Value; onChange: (value: Value) => void; choices: readonly (readonly [Value, string])[] }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => {
          onChange(event.target.value as Value);
        }}
      >
        {choices.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
      <Note id={`${id}-note`} fault={fault} hint={hint} />
    </div>
  );
}

/** Yes or no. */
export function Check({ label, hint, checked, onChange }: { label: ReactNode; hint?: ReactNode; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="admin-check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>
        {label}
        {hint !== undefined && <span className="admin-check-hint">{hint}</span>}
      </span>
    </label>
  );
}

function Note({ id, fault, hint }: { id: string; fault: string | undefined; hint: string | undefined }) {
  if (fault !== undefined)
    return (
      <span id={id} className="fault">
        {fault}
      </span>
    );
  return hint === undefined ? null : (
    <span id={id} className="admin-hint">
      {hint}
    </span>
  );
}

/** What the server said against it. */
export function Fault({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className="notice" data-kind="fault" role="alert">
      {text}
    </p>
  );
}
