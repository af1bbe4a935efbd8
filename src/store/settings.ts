import type { Queries } from './open.ts';
import type { SettingsPart } from './tables.ts';

/** What one level or room says of one part; null: no more. */
export interface Setting {
  scopeId: string;
  part: SettingsPart;
  value: string | null;
}

export async function putSetting(db: Queries, tenantId: number, { scopeId, part, value }: Setting, changedIn: number): Promise<void> {
  await db
    .insertInto('settings')
    .values({ tenant_id: tenantId, scope_id: scopeId, part, value, changed_in: changedIn })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'scope_id', 'part']).doUpdateSet({ value, changed_in: changedIn }))
    .execute();
}
