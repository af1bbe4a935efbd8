import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/pickers.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { ApiError } from './lib/api.ts';
import { App } from './shell/app.tsx';

/** What was refused is refused again; what did not arrive is worth another try. */
function worthAnotherTry(count: number, error: Error): boolean {
  return count < 2 && error instanceof ApiError && (error.status === 0 || error.status === 503);
}

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: worthAnotherTry, refetchOnWindowFocus: true }, mutations: { retry: false } },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>,
  );
}
