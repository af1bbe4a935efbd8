import { useConnection, useLiveConnection } from '../lib/live.ts';
import { useWords } from '../lib/language.ts';
import { shellWords } from './words.ts';

/** Keeps the page connected, and says so below the header when it is not, or when the server has newer screens. */
export function ConnectionBanner() {
  useLiveConnection();
  const say = useWords(shellWords);
  const { state, isOutdated } = useConnection();
  return (
    <div role="status" className="banners">
      {state === 'lost' && (
        <p className="banner" data-kind="warning">
          {say.lostConnection}
        </p>
      )}
      {isOutdated && (
        <p className="banner">
          {say.newVersion}{' '}
          <button
            type="button"
            className="button"
            onClick={() => {
              location.reload();
            }}
          >
            {say.reload}
          </button>
        </p>
      )}
    </div>
  );
}
