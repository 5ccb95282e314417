import type { Me } from '@/api/me';
import type { Row } from '@/meta/types';

export interface Step {
  id: string;
  roles: string[];
  users: string[];
  mode: string;
  status: string;
  agreed_roles?: string[];
  agreed_users?: string[];
  decided_by?: string | null;
  decided_at?: string | null;
  comment?: string;
}

export const stepsOf = (a: Row) => (Array.isArray(a.steps) ? (a.steps as Step[]) : []);
export const activeStep = (a: Row) => stepsOf(a).find((s) => s.status === 'active');

// waitsFor tells whether a request waits for a person: its open step names them, they are not who asked, and they have not agreed yet.
export function waitsFor(a: Row, me: Pick<Me, 'id' | 'roles'>): boolean {
  const step = activeStep(a);
  if (a.status !== 'pending' || !step || a.requested_by === me.id) return false;
  if (step.agreed_users?.includes(me.id)) return false;
  const named = step.users.includes(me.id) || step.roles.some((r) => me.roles.includes(r) && !step.agreed_roles?.includes(r));
  return named;
}
