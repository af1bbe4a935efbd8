import './admin.css';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { useWords } from '../lib/language.ts';
import { Empty, Loading } from '../parts/failure.tsx';
import { later } from '../parts/later.tsx';
import { useSession } from '../shell/session.ts';
import { adminWords } from './words.ts';

const Rooms = later(() => import('./rooms/screen.tsx').then((module) => module.default), Loading);
const Rules = later(() => import('./rules/screen.tsx').then((module) => module.default), Loading);
const People = later(() => import('./people/screen.tsx').then((module) => module.default), Loading);
const Departments = later(() => import('./people/departments.tsx').then((module) => module.default), Loading);
const Apps = later(() => import('./apps/screen.tsx').then((module) => module.default), Loading);
const Devices = later(() => import('./devices/screen.tsx').then((module) => module.default), Loading);
const Audit = later(() => import('./audit/screen.tsx').then((module) => module.default), Loading);

/** Administration: a part at a time, each loaded when it is opened. Who may not is told so; the server refuses them anyway. */
export default function Admin() {
  const say = useWords(adminWords);
  const session = useSession();
  const [path] = useLocation();
  if (!session) return <Loading />;
  if (!session.roles.administrator) {
    return (
      <>
        <h1>{say.title}</h1>
        <Empty title={say.refused} text={say.refusedText} action={<Link href="~/rooms">{say.toRooms}</Link>} />
      </>
    );
  }
  const parts = [
    ['/rooms', say.rooms],
    ['/rules', say.rules],
    ['/people', say.people],
    ['/departments', say.departments],
    ['/apps', say.apps],
    ['/devices', say.devices],
    ['/audit', say.audit],
  ] as const;
  return (
    <div className="admin">
      <nav className="admin-parts" aria-label={say.parts}>
        {parts.map(([to, name]) => (
          <Link key={to} href={to} aria-current={path.startsWith(to) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <Switch>
        <Route path="/rooms" component={Rooms} />
        <Route path="/rules" component={Rules} />
        <Route path="/people" component={People} />
        <Route path="/departments" component={Departments} />
        <Route path="/apps" component={Apps} />
        <Route path="/devices" component={Devices} />
        <Route path="/audit" component={Audit} />
        <Route>
          <Redirect to="/rooms" replace />
        </Route>
      </Switch>
    </div>
  );
}
