import type { Me } from '@/api/me';
import { isProblem } from '@/api/problem';
import type { Tone } from '@/ui/parts';
import { say } from '@/ui/talk';

// Asked is a request that a person be made unreadable.
export interface Asked {
  id: string;
  entity: string;
  record_id: string;
  reason: string;
  state: 'requested' | 'done' | 'withdrawn';
  asked_by: string;
  asked_at: string;
  ended_by: string | null;
  ended_at: string | null;
}

// Traces is a request with what carrying it out makes unreadable.
export interface Traces extends Asked {
  label?: string;
  fields: { field: string; label: string }[];
  audit_entries: number;
  audit_plain: number; // of those, which stay in clear
  key: boolean;
}

// End is how far the end of the company is.
export interface End {
  closing: boolean;
  asked_at: string | null;
  due_at: string | null;
  needed: number;
  consents: { user_id: string | null; name: string; at: string }[];
  agreed: boolean;
  certificate_key: string;
}

export const tones: Record<Asked['state'], Tone> = { requested: 'amber', done: 'red', withdrawn: 'gray' };

// guards tells who may ask for deletions and agree to the end.
export const guards = (me: Me) => ['owner', 'admin', 'security_officer'].some((r) => me.roles.includes(r));

export const told = (e: unknown) => say.error(isProblem(e) ? (e.fields[0]?.detail ?? e.message) : String(e));
