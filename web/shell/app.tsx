import { Link, Redirect, Route, Switch } from 'wouter';
import { useWords } from '../lib/language.ts';
import { isSignedOut } from '../lib/api.ts';
import { Failure, Loading } from '../parts/failure.tsx';
import { later } from '../parts/later.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { Broken } from './broken.tsx';
import { ConnectionBanner } from './connection.tsx';
import { Header } from './header.tsx';
import { SessionOver } from './session-over.tsx';
import { useSessionRead } from './session.ts';
import { shellWords } from './words.ts';

const Rooms = later(() => import('../rooms/screen.tsx').then((module) => module.default), Loading);
const Mine = later(() => import('../mine/screen.tsx').then((module) => module.default), Loading);
const Ledger = later(() => import('../ledger/screen.tsx').then((module) => module.default), Loading);
const Use = later(() => import('../use/screen.tsx').then((module) => module.default), Loading);
const Room = later(() => import('../room/screen.tsx').then((module) => module.default), Loading);
const Admin = later(() => import('../admin/screen.tsx').then((module) => module.default), Loading);

/** Everything behind the sign-in. Who is not signed in is sent there, and comes back to where they wanted. */
export function App() {
  const say = useWords(shellWords);
  const { data: session, error, refetch } = useSessionRead();
  if (!session) {
    const failed = error && !isSignedOut(error);
    return (
      <main id="content" className="content stack">
        <h1 className={failed ? undefined : 'visually-hidden'}>{say.product}</h1>
        {failed ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
      </main>
    );
  }
  return (
    <>
      <a className="skip" href="#content">
        {say.skip}
      </a>
      <Header session={session} />
      <ConnectionBanner />
      <main id="content" className="content" tabIndex={-1}>
        <Broken>
          <Switch>
            <Route path="/">
              <Redirect to="/rooms" replace />
            </Route>
            <Route path="/rooms" component={Rooms} />
            <Route path="/rooms/:room" component={Room} />
            <Route path="/mine" component={Mine} />
            <Route path="/ledger" component={Ledger} />
            <Route path="/use" component={Use} />
            <Route path="/admin" component={Admin} nest />
            <Route>
              <div className="empty stack">
                <h1>{say.notFound}</h1>
                <p>
                  <Link href="/rooms">{say.backToRooms}</Link>
                </p>
              </div>
            </Route>
          </Switch>
        </Broken>
      </main>
      <SessionOver />
      <Toasts />
    </>
  );
}
