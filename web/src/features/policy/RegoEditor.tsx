import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, defaultHighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Mistake } from './versions';

export interface Word {
  label: string;
  detail?: string;
}

interface EditorProps {
  label: string;
  value: string;
  language: 'rego' | 'yaml';
  words: Word[];
  mistakes: Mistake[];
  readOnly?: boolean;
  onChange: (text: string) => void;
}

const keywords = /^(package|import|default|not|some|every|in|if|contains|else|as|with|true|false|null)\b/;

const rego = StreamLanguage.define({
  token(s) {
    if (s.eatSpace()) return null;
    if (s.match(/^#.*/)) return 'comment';
    if (s.match(/^"(\\.|[^"\\])*"?/) || s.match(/^`[^`]*`?/)) return 'string';
    if (s.match(keywords)) return 'keyword';
    if (s.match(/^\d+(\.\d+)?/)) return 'number';
    if (s.match(/^[A-Za-z_][\w.]*/)) return 'variableName';
    s.next();
    return null;
  },
});

const yaml = StreamLanguage.define({
  token(s) {
    if (s.eatSpace()) return null;
    if (s.match(/^#.*/)) return 'comment';
    if (s.match(/^"(\\.|[^"\\])*"?/)) return 'string';
    if (s.match(/^[\w.]+(?=\s*:)/)) return 'keyword';
    s.next();
    return null;
  },
});

// RegoEditor is a text with line numbers, words that it offers, and mistakes where they stand.
export default function RegoEditor({ label, value, language, words, mistakes, readOnly, onChange }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const told = useRef({ onChange, words });
  told.current = { onChange, words };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what it tells and offers is read when it is needed
  useEffect(() => {
    if (!host.current) return;
    const offer = (c: CompletionContext) => {
      const word = c.matchBefore(/[\w.:"]+/);
      if (!word && !c.explicit) return null;
      const quoted = word?.text.startsWith('"') ? 1 : 0;
      return { from: (word?.from ?? c.pos) + quoted, options: told.current.words, validFor: /^[\w.:]*$/ };
    };
    view.current = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          lintGutter(),
          autocompletion({ override: [offer] }),
          language === 'rego' ? rego : yaml,
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.lineWrapping,
          EditorState.readOnly.of(!!readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((u) => u.docChanged && told.current.onChange(u.state.doc.toString())),
          EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''),
        ],
      }),
    });
    return () => view.current?.destroy();
  }, []);
  useEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const v = view.current;
    if (!v) return;
    const at = (m: Mistake): Diagnostic => {
      const line = v.state.doc.line(Math.min(Math.max(1, m.line), v.state.doc.lines));
      const from = Math.min(line.from + Math.max(0, m.column - 1), line.to);
      return { from, to: Math.max(from, line.to), severity: 'error', message: m.message };
    };
    v.dispatch(setDiagnostics(v.state, mistakes.map(at)));
  }, [mistakes]);
  return <div className="studio-code" ref={host} />;
}
