import type { Directory } from '../domain/directory.ts';
import { TENANT_LEVEL } from '../wire/identifiers.ts';

/** The level that a request means: absent, empty and `0` stand for the tenant's own. */
export function levelIdOf(directory: Directory, levelId: string | undefined): string {
  return levelId === undefined || levelId === '' || levelId === TENANT_LEVEL ? directory.rootLevelId : levelId;
}
