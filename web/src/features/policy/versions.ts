import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '@/api/http';
import { lang } from '@/i18n';
import { useOnce } from '@/ui/once';
import type { Tone } from '@/ui/parts';
import type { Grants, Rule } from './rights';

export interface Content {
  grants: Grants;
  rules: Rule[];
  roles: { name: string; label: { zh: string; en: string } }[];
  rego?: string;
  cases?: string;
}

// Version is one version of the rights, from its draft on.
export interface Version {
  id: string;
  version: number; // revision of the draft
  number: number | null;
  title: string;
  state: 'draft' | 'in_review' | 'published' | 'superseded' | 'discarded';
  kind?: string;
  base: number;
  author: string | null;
  authors: string[];
  created_at: string;
  updated_at: string;
  decided_at: string | null;
  comment: string;
  content?: Content;
}

export interface Mistake {
  line: number;
  column: number;
  message: string;
}

export interface Check {
  ok: boolean;
  detail?: string;
  errors: { field: string; detail: string }[];
  mistakes: Mistake[];
  cases: CaseReport | null;
}

export interface CaseReport {
  total: number;
  failed: number;
  cases: { case: number; name: string; who: string[]; entity: string; passed: boolean; failures: { zh: string; en: string }[] }[];
  coverage: { percent: number; rules: number; tried: number; untried: string[]; rego_lines: number; untried_rego: number[] };
}

export interface Proof<T> {
  id: string;
  kind: 'prover' | 'impact' | 'replay' | 'cases';
  passed: boolean;
  made_at: string;
  content_hash: string;
  outcome: T;
}

export const tones: Record<Version['state'], Tone> = {
  draft: 'gray',
  in_review: 'amber',
  published: 'green',
  superseded: 'gray',
  discarded: 'red',
};

export const useVersions = () =>
  useQuery({
    queryKey: ['policy', 'versions', lang()],
    queryFn: () => get<{ data: Version[]; current: number }>('policy/versions', { limit: 100 }),
  });

export const useVersion = (id: string | undefined) =>
  useQuery({
    queryKey: ['policy', 'version', id],
    queryFn: () => get<Version>(`policy/versions/${id}`),
    enabled: !!id,
  });

export const useProofs = (id: string) =>
  useQuery({
    queryKey: ['policy', 'proofs', id],
    queryFn: () => get<{ data: Proof<unknown>[] }>(`policy/versions/${id}/proofs`),
  });

// useAgain lets go of everything that depends on the rights.
export function useAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ predicate: (q) => /^(policy|roles|me|meta|explain)$/.test(String(q.queryKey[0])) });
}

export const act = <T = Version>(id: string, name: string, body: unknown = {}) =>
  call<T>('POST', `policy/versions/${id}/${name}`, { body }).then((a) => a.data);

// useBusy is useOnce that also tells whether the work goes on.
export function useBusy<A extends unknown[]>(work: (...a: A) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const run = useOnce(async (...a: A) => {
    setBusy(true);
    try {
      await work(...a);
    } finally {
      setBusy(false);
    }
  });
  return [run, busy] as const;
}
