import type { GanttBar } from '@/data/schedule';
import type { Row } from '@/meta/types';

const text = (v: unknown) => (typeof v === 'string' && v !== '' ? v : undefined);
const ratio = (done: unknown, all: unknown) => (Number(all) > 0 ? Math.min(100, (Number(done) / Number(all)) * 100) : 0); // to draw only

// toneOf says at a glance how a task stands: done, late, under way, to come.
function toneOf(status: unknown, end: string | undefined, today: string): GanttBar['tone'] {
  if (status === 'done' || status === 'reached') return 'green';
  if (end && end < today) return 'red';
  return status === 'in_progress' ? 'blue' : 'gray';
}

export interface Slip {
  critical: boolean;
  text: string | undefined; // by how much it is off its baseline
}

// barsOf draws a project's tasks with what they wait for and what was promised, and its milestones as days.
export function barsOf(tasks: Row[], milestones: Row[], slips: Map<string, Slip>, today: string): GanttBar[] {
  const order = [...tasks].sort((a, b) => Number(a.sequence) - Number(b.sequence));
  const parents = new Set(tasks.map((t) => t.parent_id).filter(Boolean));
  const bars = order.map((r): GanttBar => {
    const end = text(r.end_date);
    const slip = slips.get(r.id);
    return {
      id: r.id,
      title: String(r.name),
      start: text(r.start_date),
      end,
      progress: r.status === 'done' ? 100 : ratio(r.done_hours, r.planned_hours),
      needs: (r.depends_on as string[] | undefined) ?? [],
      level: r.parent_id ? 1 : 0,
      group: parents.has(r.id),
      tone: toneOf(r.status, end, today),
      critical: slip?.critical && r.status !== 'done',
      still: r.status === 'done',
      base:
        text(r.baseline_start) && text(r.baseline_end)
          ? { start: String(r.baseline_start), end: String(r.baseline_end) }
          : undefined,
      note: slip?.text,
    };
  });
  const days = milestones.map((m): GanttBar => {
    const due = text(m.due_date);
    const base = text(m.baseline_due);
    return {
      id: m.id,
      title: `◆ ${m.name}`,
      start: due,
      end: due,
      tone: toneOf(m.status, due, today),
      still: true,
      base: base ? { start: base, end: base } : undefined,
    };
  });
  return [...bars, ...days];
}
