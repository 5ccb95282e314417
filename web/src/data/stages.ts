import type { Row } from '@/meta/types';
import type { Link } from './links';

export type Progress = 'done' | 'doing' | 'waiting' | 'none';

// Stage is one step of fulfilling an order, with its documents: how many there are, how many are done, how many are late.
export interface Stage {
  key: 'make' | 'buy' | 'project' | 'ship' | 'bill' | 'pay';
  progress: Progress;
  done: number;
  all: number;
  late: number;
  first?: { path: string; id: string };
}

const kinds: Record<Stage['key'], string[]> = {
  make: ['production.production_order'],
  buy: ['purchasing.requisition'],
  project: ['projects.project'],
  ship: ['inventory.delivery'],
  bill: ['finance.invoice'],
  pay: ['finance.payment'],
};

const over = /^(done|received|shipped|posted|partial|paid|closed|cancelled)$/;
const begun = /^(released|in_progress|ordered|ready|approved)$/;

const days = (r: Row) => Number(r.late_days ?? 0);

// stagesOf reads from the documents of a chain what is done, what runs and what is late.
export function stagesOf(links: Link[]): Stage[] {
  return (Object.keys(kinds) as Stage['key'][]).map((key) => {
    const mine = links.filter((l) => kinds[key].includes(l.entity.name));
    const rows = mine.flatMap((l) =>
      l.rows.map((r) => ({ r, state: String(r[l.entity.state ?? ''] ?? ''), path: l.entity.path })),
    );
    const live = rows.filter((x) => x.state !== 'cancelled');
    const done = live.filter((x) => over.test(x.state)).length;
    const progress: Progress =
      live.length === 0
        ? 'none'
        : done === live.length
          ? 'done'
          : done > 0 || live.some((x) => begun.test(x.state))
            ? 'doing'
            : 'waiting';
    const [first] = live.filter((x) => !over.test(x.state)).concat(live);
    return {
      key,
      progress,
      done,
      all: live.length,
      late: live.filter((x) => !over.test(x.state) && days(x.r) > 0).length,
      first: first && { path: first.path, id: first.r.id },
    };
  });
}
