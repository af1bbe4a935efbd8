import type { Ctx } from '../../context.ts';
import { insertDepartments } from '../../store/departments.ts';
import type { Change } from '../../store/history.ts';
import type { Queries } from '../../store/open.ts';
import { claimSignInNames, findSignInNames, freeSignInNames } from '../../store/sign-in-names.ts';
import type { User } from '../../store/tables.ts';
import { findUsersBy, holdAdministrators, putUsers } from '../../store/users.ts';
import type { DepartmentRow, DepartmentTree } from '../department-tree.ts';
import { pathOf, requirePlace } from '../departments.ts';
import { DomainError } from '../errors.ts';
import { changesOf, emailName, normalEmail } from '../users.ts';
import { partsOf, readRows, type Column } from './csv.ts';
import type { Base, Plan } from './index.ts';
import { Lines, type Report, type Values } from './report.ts';

const columns = {
  name: { headers: ['name', '姓名', '名称'], most: 255, required: true },
  email: { headers: ['email', 'e_mail', 'mail', '邮箱', '电子邮箱'], most: 254 },
  employee_no: { headers: ['employee_no', 'employee_number', 'staff_number', '工号'], most: 100 },
  department: { headers: ['department', '部门'], most: 5000 },
  role: { headers: ['role', '角色'], most: 100 },
} satisfies Record<string, Column>;

/** Roles as a file may call them. */
const roles: Readonly<Record<string, [isAdministrator: 0 | 1, managesMeetings: 0 | 1]>> = {
  administrator: [1, 1],
  管理员: [1, 1],
  meeting_management: [0, 1],
  会议管理: [0, 1],
  member: [0, 0],
  成员: [0, 0],
};

interface Wish {
  line: number;
  name: string;
  email: string | undefined;
  employeeNo: string | undefined;
  department: string[] | undefined;
  role: [0 | 1, 0 | 1] | undefined;
}

/** What an import of people would do: who is new, who changes, which departments are made on the way. */
export async function planUsers(ctx: Ctx, db: Queries, { tenantId, directory, version, hold }: Base, text: string, report: Report): Promise<Plan> {
  const wishes = wishesOf(text, report);
  // The administrators first, as whoever takes the role from one does: no two wait for each other.
  const administrators = new Set(await holdAdministrators(db, tenantId));
  const known = await Known.read(db, tenantId, wishes, hold);
  const departments = new NewDepartments(ctx, directory.departments.copy(), report);
  const people = new Lines();
  const demotions: number[] = [];
  const users: User[] = [];
  const changes: Omit<Change, 'tenantId' | 'at' | 'actor'>[] = [];
  const freed: string[] = [];
  const claims: { name: string; userId: string }[] = [];

  for (const wish of wishes) {
    const { line, name, email, employeeNo, role } = wish;
    const present = known.match(wish, report);
    if (present === 'none of one') continue;
    const before = present && people.seen(present.user_id, line);
    if (before !== undefined) {
      report.reject(line, '', `is the same person as line ${String(before)}`);
      continue;
    }
    if (email !== undefined && known.isTaken(email, present, tenantId)) {
      report.reject(line, 'email', `the e-mail address ${email} is taken`);
      continue;
    }
    const departmentId = wish.department && departments.find(line, wish.department);
    const label = email ?? present?.email ?? employeeNo ?? name;
    const wanted = {
      name,
      email,
      employee_no: employeeNo,
      department_id: departmentId,
      is_administrator: role?.[0],
      manages_meetings: role && (role[0] === 1 ? undefined : role[1]),
    };
    const user = present ?? newUser(tenantId, ctx.ids.user(), ctx.clock.now());
    const after = changesOf(user, wanted);
    const shown = (of: User): Values => valuesOf(of, departments.tree);
    const next = { ...user, ...after };
    if (!present) report.create(line, 'user', label, shown(next));
    else if (!report.change(line, 'user', label, shown(user), shown(next))) continue;
    users.push(present ? { ...next, version: user.version + 1 } : next);
    if (after.email !== undefined) {
      if (user.email !== null) freed.push(emailName(user.email));
      if (after.email !== null) claims.push({ name: emailName(after.email), userId: user.user_id });
    }
    if (after.is_administrator === 1 && user.suspended_at === null) administrators.add(user.user_id);
    if (after.is_administrator === 0 && administrators.delete(user.user_id)) demotions.push(line);
    const object = { kind: 'user', id: user.user_id };
    const was = Object.fromEntries(Object.keys(after).map((column) => [column, user[column as keyof User]]));
    changes.push(present ? { action: 'user.change', object, before: was, after } : { action: 'user.create', object, after: next });
  }
  if (administrators.size === 0) for (const line of demotions) report.reject(line, 'role', 'the tenant would have no administrator left');
  const made = departments.made;
  return {
    changes: [
      ...made.map(({ department_id, ...after }) => ({ action: 'department.create', object: { kind: 'department', id: department_id }, after })),
      ...changes,
    ],
    write: async (tx) => {
      await insertDepartments(
        tx,
        made.map((row) => ({ ...row, tenant_id: tenantId, changed_in: version })),
      );
      await freeSignInNames(tx, tenantId, freed);
      await putUsers(tx, users);
      if (!(await claimSignInNames(tx, tenantId, claims))) throw new DomainError('conflict', 'an e-mail address was taken meanwhile: try again');
    },
  };
}

/** The rows, as far as each can be understood by itself. */
function wishesOf(text: string, report: Report): Wish[] {
  const wishes: Wish[] = [];
  const emails = new Lines();
  const numbers = new Lines();
  for (const { line, cells, bad } of readRows(text, columns, report)) {
    const faults = report.rejected.length;
    const { name, employee_no: employeeNo } = cells;
    if (name === undefined && !bad.has('name')) report.reject(line, 'name', 'is required');
    const email = cells.email === undefined ? undefined : report.guard(line, { email: 'email' }, () => normalEmail(cells.email ?? ''));
    if (cells.email === undefined && employeeNo === undefined && !bad.has('email') && !bad.has('employee_no'))
      report.reject(line, 'email', 'is required, or else employee_no: one of them says who it is');
    const role = cells.role === undefined ? undefined : roles[cells.role.toLowerCase().replace(/[\s-]+/g, '_')];
    if (cells.role !== undefined && !role) report.reject(line, 'role', 'must be administrator (管理员), meeting_management (会议管理) or member (成员)');
    const department = cells.department === undefined ? undefined : partsOf(cells.department);
    if (cells.department !== undefined && !department) report.reject(line, 'department', 'must be names with slashes between them, such as 研发部/平台组');
    const sameEmail = email === undefined ? undefined : emails.seen(email, line);
    if (sameEmail !== undefined) report.reject(line, 'email', `also stands on line ${String(sameEmail)}`);
    const sameNumber = employeeNo === undefined ? undefined : numbers.seen(employeeNo, line);
    if (sameNumber !== undefined) report.reject(line, 'employee_no', `also stands on line ${String(sameNumber)}`);
    if (report.rejected.length === faults && bad.size === 0 && name !== undefined) wishes.push({ line, name, email, employeeNo, department, role });
  }
  return wishes;
}

/** The people whom a file may mean. */
class Known {
  readonly #byEmail: ReadonlyMap<string, User>;
  readonly #byNumber = new Map<string, User[]>();
  readonly #holders: ReadonlyMap<string, { tenantId: number; userId: string }>;

  private constructor(byEmail: readonly User[], byNumber: readonly User[], holders: ReadonlyMap<string, { tenantId: number; userId: string }>) {
    this.#byEmail = new Map(byEmail.map((user) => [user.email ?? '', user]));
    for (const user of byNumber) this.#byNumber.set(user.employee_no, [...(this.#byNumber.get(user.employee_no) ?? []), user]);
    this.#holders = holders;
  }

  static async read(db: Queries, tenantId: number, wishes: readonly Wish[], hold: boolean): Promise<Known> {
    const emails = wishes.map(({ email }) => email).filter((email) => email !== undefined);
    const numbers = wishes.map(({ employeeNo }) => employeeNo).filter((number) => number !== undefined);
    const byEmail = await findUsersBy(db, tenantId, 'email', emails, hold);
    const byNumber = await findUsersBy(db, tenantId, 'employee_no', numbers, hold);
    return new Known(byEmail, byNumber, await findSignInNames(db, emails.map(emailName)));
  }

  /** Who is meant: by e-mail address, else by staff number; undefined: somebody new. */
  match({ line, email, employeeNo }: Wish, report: Report): User | undefined | 'none of one' {
    const byEmail = email === undefined ? undefined : this.#byEmail.get(email);
    const [byNumber, another] = employeeNo === undefined ? [] : (this.#byNumber.get(employeeNo) ?? []);
    if (byEmail) {
      if (!byNumber || byNumber.user_id === byEmail.user_id) return byEmail;
      report.reject(line, 'employee_no', 'is that of another person than the e-mail address');
      return 'none of one';
    }
    if (!another) return byNumber;
    report.reject(line, 'employee_no', 'is that of several people: give an e-mail address');
    return 'none of one';
  }

  /** Whether somebody else on the server has an address. */
  isTaken(email: string, user: User | undefined, tenantId: number): boolean {
    const holder = this.#holders.get(emailName(email));
    return holder !== undefined && (holder.tenantId !== tenantId || holder.userId !== user?.user_id);
  }
}

/** The tree of departments as a file makes it. */
class NewDepartments {
  readonly made: DepartmentRow[] = [];
  readonly tree: DepartmentTree;
  readonly #ctx: Ctx;
  readonly #report: Report;

  constructor(ctx: Ctx, tree: DepartmentTree, report: Report) {
    this.#ctx = ctx;
    this.tree = tree;
    this.#report = report;
  }

  /** Id of the department at a path, which is made where it is not there; undefined when it cannot be. */
  find(line: number, path: readonly string[]): string | undefined {
    let parent_id: string | null = null;
    for (const [i, name] of path.entries()) {
      const present = this.tree.named(parent_id, name);
      if (present) {
        parent_id = present.department_id;
        continue;
      }
      const row: DepartmentRow = {
        department_id: this.#ctx.ids.department(),
        name,
        parent_id,
        custom_department_id: '',
        position: 0,
        version: 1,
        deleted_at: null,
      };
      if (!this.#report.guard(line, { name: 'department', parent: 'department' }, () => (requirePlace(this.tree, row, 1), true))) return undefined;
      this.tree.put(row);
      this.made.push(row);
      const whole = path.slice(0, i + 1).join('/');
      this.#report.add({ line, action: 'create', object: 'department', name: whole, before: null, after: { department: whole } });
      parent_id = row.department_id;
    }
    return parent_id ?? undefined;
  }
}

function newUser(tenant_id: number, user_id: string, created_at: number): User {
  const nothing = { name: '', email: null, employee_no: '', department_id: null, is_administrator: 0, manages_meetings: 0 };
  return { tenant_id, user_id, ...nothing, suspended_at: null, anonymised_at: null, version: 1, created_at };
}

/** A person in the words of the file. */
function valuesOf(user: User, tree: DepartmentTree): Values {
  return {
    name: user.name,
    email: user.email ?? '',
    employee_no: user.employee_no,
    department: pathOf(tree, user.department_id),
    role: user.is_administrator === 1 ? 'administrator' : user.manages_meetings === 1 ? 'meeting_management' : 'member',
  };
}
