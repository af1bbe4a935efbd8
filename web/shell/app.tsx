import { lazy, Suspense } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { useWords } from '../lib/language.ts';
import { isSignedOut } from '../lib/api.ts';
import { common } from '../lib/words.ts';
import { Failure, Loading } from '../parts/failure.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { Broken } from './broken.tsx';
import { ConnectionBanner } from './connection.tsx';
import { Header } from './header.tsx';
import { SessionOver } from './session-over.tsx';
import { useSessionRead } from './session.ts';
import { shellWords } from './words.ts';

const Rooms = lazy(() => import('../rooms/screen.tsx'));
const Mine = lazy(() => import('../mine/screen.tsx'));
const Ledger = lazy(() => import('../ledger/screen.tsx'));
const Use = lazy(() => import('../use/screen.tsx'));
const Room = lazy(() => import('../room/screen.tsx'));
const Admin = lazy(() => import('../admin/screen.tsx'));

/** Everything behind the sign-in. Who is not signed in is sent there, and comes back to where they wanted. */
export function App() {
  const say = useWords(shellWords);
  const { loading } = useWords(common);
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
          <Suspense fallback={<p className="empty">{loading}</p>}>
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
          </Suspense>
        </Broken>
      </main>
      <SessionOver />
      <Toasts />
    </>
  );
}
