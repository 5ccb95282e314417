export interface FieldProblem {
  field: string;
  reason: string;
  detail: string;
  row?: number;
  column?: string;
}

// Problem is what the API answers when it refuses (RFC 9457). status 0: it was not reached.
export class Problem extends Error {
  readonly status: number;
  readonly reason: string;
  readonly fields: FieldProblem[];
  readonly data: Record<string, unknown>;

  constructor(status: number, data: Record<string, unknown>) {
    super(typeof data.detail === 'string' ? data.detail : String(status));
    this.status = status;
    this.data = data;
    this.reason = typeof data.reason === 'string' ? data.reason : 'unknown';
    this.fields = Array.isArray(data.fields) ? (data.fields as FieldProblem[]) : [];
  }

  get offline() {
    return this.status === 0;
  }

  get conflict() {
    return this.status === 409;
  }

  // at is the mistake of one field, by its path: "lines[0].quantity".
  at(path: string): string | undefined {
    return this.fields.find((f) => f.field === path)?.detail;
  }
}

export const isProblem = (e: unknown): e is Problem => e instanceof Problem;
