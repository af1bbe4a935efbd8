import { useQuery } from '@tanstack/react-query';
import { listDepartmentsMethod, type Department } from '../../../src/wire/v1/departments.ts';
import { call } from '../../lib/api.ts';

/** A department with how deep it lies. */
export interface Branch {
  department: Department;
  depth: number;
  /** `研发部 / 平台组` */
  path: string;
}

/** All departments, each before those below it. */
export function useDepartments() {
  return useQuery({ queryKey: ['admin', 'departments'], queryFn: readDepartments });
}

async function readDepartments(): Promise<Branch[]> {
  const all: Department[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { departments: Department[]; next_cursor: string | null } = await call(listDepartmentsMethod, {
      query: { children: true, limit: 500, ...(cursor === '' ? {} : { cursor }) },
    });
    all.push(...page.departments);
    cursor = page.next_cursor;
  }
  const below = new Map<string | null, Department[]>();
  for (const department of all) below.set(department.parent_id, [...(below.get(department.parent_id) ?? []), department]);
  const branches: Branch[] = [];
  const draw = (parent: string | null, depth: number, above: string) => {
    const siblings = (below.get(parent) ?? []).sort((a, b) => a.position - b.position || (a.name < b.name ? -1 : 1));
    for (const department of siblings) {
      const path = above === '' ? department.name : `${above} / ${department.name}`;
      branches.push({ department, depth, path });
      draw(department.id, depth + 1, path);
    }
  };
  draw(null, 0, '');
  return branches;
}
