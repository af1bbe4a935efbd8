import type { ImportReport } from '../../../src/wire/v1/imports.ts';
import { useWords } from '../../lib/language.ts';
import { importWords } from './words.ts';

/** What an import does, or why it cannot: so many rows of each kind, then row by row. */
export function Report({ report }: { report: ImportReport }) {
  const say = useWords(importWords);
  const { created, changed, unchanged, rejected, more_rejected, differences, more_differences } = report;
  const counts = [
    [say.created, created, 'free'],
    [say.changed, changed, 'mine'],
    [say.unchanged, unchanged, 'busy'],
    [say.rejected, rejected.length + more_rejected, 'absent'],
  ] as const;
  return (
    <div className="stack">
      <p className="row" role="status">
        {counts.map(([name, count, state]) => (
          <span key={name} className="state" data-state={state}>
            {name} <strong>{count}</strong>
          </span>
        ))}
      </p>
      {rejected.length > 0 && (
        <>
          <p className="notice" data-kind="fault">
            {say.mustMend}
          </p>
          <div className="table-frame admin-report" role="region" aria-label={say.rejected} tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{say.line}</th>
                  <th scope="col">{say.column}</th>
                  <th scope="col">{say.reason}</th>
                </tr>
              </thead>
              <tbody>
                {rejected.map(({ line, field, reason }, i) => (
                  <tr key={i}>
                    <td className="number">{line}</td>
                    <td>{field === '' ? say.whole : field}</td>
                    <td>{reason}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {more_rejected > 0 && <p className="muted">{say.more(more_rejected)}</p>}
        </>
      )}
      {rejected.length === 0 && differences.length === 0 && <p className="notice">{say.nothing}</p>}
      {rejected.length === 0 && differences.length > 0 && (
        <>
          <div className="table-frame admin-report" role="region" aria-label={say.differences} tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{say.line}</th>
                  <th scope="col">{say.object}</th>
                  <th scope="col">{say.change}</th>
                </tr>
              </thead>
              <tbody>
                {differences.map(({ line, action, object, name, before, after }, i) => (
                  <tr key={i}>
                    <td className="number">{line}</td>
                    <td>
                      <span className="state" data-state={action === 'create' ? 'free' : 'mine'}>
                        {action === 'create' ? '+' : '±'} {say.objects[object]}
                      </span>{' '}
                      {name}
                    </td>
                    <td>
                      {Object.entries(after)
                        .filter(([, value]) => shown(value) !== '')
                        .map(([field, value]) => (
                          <span key={field} className="admin-change">
                            <span className="muted">{field}</span> {before && <del>{shown(before[field])}</del>} <ins>{shown(value)}</ins>
                          </span>
                        ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {more_differences > 0 && <p className="muted">{say.more(more_differences)}</p>}
        </>
      )}
    </div>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
