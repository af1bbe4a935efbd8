import { useWords } from '../../lib/language.ts';
import { opensOf, scopes, scopeWords } from './scopes.ts';
import { appsWords } from './words.ts';

/** Scopes in words, each with the methods that it opens. */
export function ScopeList({ value, onChange, disabled = false }: { value: readonly string[]; onChange: (scopes: string[]) => void; disabled?: boolean }) {
  const say = useWords(appsWords);
  const words = useWords(scopeWords);
  const others = value.filter((scope) => !(scope in scopeWords.en));
  return (
    <fieldset className="admin-scopes" disabled={disabled}>
      <legend className="label">
        {say.scopes} <span className="muted">{say.scopesHint}</span>
      </legend>
      <ul>
        {[...scopes, ...others].map((scope) => {
          const methods = opensOf(scope);
          return (
            <li key={scope}>
              <label className="admin-check">
                <input
                  type="checkbox"
                  checked={value.includes(scope)}
                  onChange={(event) => {
                    onChange(event.target.checked ? [...value, scope] : value.filter((one) => one !== scope));
                  }}
                />
                <span>
                  <code>{scope}</code>
                  <span className="admin-check-hint">{scope in words ? words[scope as keyof typeof words] : say.otherScopes}</span>
                </span>
              </label>
              {methods.length === 0 ? (
                <span className="muted admin-methods">{say.noMethods}</span>
              ) : (
                <details className="admin-methods">
                  <summary>{say.methods(methods.length)}</summary>
                  <ul>
                    {methods.map((method) => (
                      <li key={method}>
                        <code>{method}</code>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </fieldset>
  );
}
