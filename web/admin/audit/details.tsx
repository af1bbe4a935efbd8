import type { AuditRow } from '../../../src/wire/v1/audit.ts';
import { useWords } from '../../lib/language.ts';
import { auditWords } from './words.ts';

/** A row of the audit in full: what it was and what it became, field by field, and the way it came. */
export function Details({ row, onObject, onTakeBack }: { row: AuditRow; onObject: () => void; onTakeBack: (() => void) | undefined }) {
  const say = useWords(auditWords);
  const { address, request_id, via, object, actor } = row;
  const [before, after] = [leavesOf(row.before), leavesOf(row.after)];
  const fields = [...new Set([...before.keys(), ...after.keys()])].filter((field) => before.get(field) !== after.get(field));
  return (
    <div className="stack">
      {fields.length === 0 ? (
        <p className="muted">{say.noState}</p>
      ) : (
        <table className="admin-diff">
          <thead>
            <tr>
              <th scope="col">{say.field}</th>
              <th scope="col">{say.before}</th>
              <th scope="col">{say.after}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">
                  <code>{field}</code>
                </th>
                <td>{before.has(field) && <del>{before.get(field)}</del>}</td>
                <td>{after.has(field) && <ins>{after.get(field)}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {onTakeBack && (
        <div>
          <button type="button" className="button" onClick={onTakeBack}>
            {say.takeBack}
          </button>
        </div>
      )}
      <dl className="admin-facts">
        <dt>{say.of}</dt>
        <dd className="id">
          <button type="button" className="admin-link" onClick={onObject}>
            {object.kind} {object.id}
          </button>
        </dd>
        <dt>{say.by}</dt>
        <dd className="id">{actor.id}</dd>
        {via !== null && (
          <>
            <dt>{say.via}</dt>
            <dd className="id">{via}</dd>
          </>
        )}
        {address !== null && (
          <>
            <dt>{say.address}</dt>
            <dd className="id">{address}</dd>
          </>
        )}
        {request_id !== null && (
          <>
            <dt>{say.request}</dt>
            <dd className="id">{request_id}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** What a state says, as `approval.enabled` and its value; what is null or empty says nothing. */
export function leavesOf(state: AuditRow['before']): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, name: string) => {
    if (value === null || value === undefined) return;
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [part, inner] of Object.entries(value)) walk(inner, name === '' ? part : `${name}.${part}`);
    } else if (!(Array.isArray(value) && value.length === 0)) leaves.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  };
  walk(state, '');
  return leaves;
}
