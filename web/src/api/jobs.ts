import { useQuery } from '@tanstack/react-query';
import { get } from './http';

// Job is work that goes on after a request: an import, a letter to send, a daily errand.
export interface Job {
  id: number;
  call: string;
  state: 'available' | 'running' | 'retryable' | 'scheduled' | 'completed' | 'cancelled' | 'parked' | 'failed';
  attempt: number;
  max_attempts: number;
  error?: string;
  created_at: string;
  scheduled_at: string;
  finished_at?: string | null;
  percent?: number; // of a task that somebody started
  rows?: number;
  eta_seconds?: number;
  result?: {
    rows?: number;
    created?: number;
    dry_run?: boolean;
    errors?: RowMistake[];
    next_row?: number; // of an import in batches that was stopped
    detail?: string;
    fields?: RowMistake[];
    kept?: { path: string; reason: string; detail: string }[];
  };
}

// RowMistake is what is wrong with a row of a table.
export interface RowMistake {
  field: string;
  reason: string;
  detail: string;
  row?: number;
  column?: string;
}

export const ended = (j: Job | undefined) => !!j && /^(completed|cancelled|parked|failed)$/.test(j.state);
export const broken = (j: Job) => j.state === 'failed' || j.state === 'parked';

// useJob follows one job. The server tells how far it is; asking now and then covers a line that is down.
export const useJob = (id: number | undefined) =>
  useQuery({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => get<Job>(`jobs/${id}`, undefined, signal),
    enabled: id !== undefined,
    refetchInterval: (q) => (ended(q.state.data) ? false : 1500),
  });

// useMyTasks are the tasks that one has started, newest first.
export const useMyTasks = () =>
  useQuery({
    queryKey: ['jobs', 'mine'],
    queryFn: async ({ signal }) =>
      (await get<{ data: Job[] }>('jobs', { mine: true }, signal)).data.filter((j) => j.percent !== undefined),
    refetchInterval: (q) => (q.state.data?.some((j) => !ended(j)) ? 2000 : false),
  });
