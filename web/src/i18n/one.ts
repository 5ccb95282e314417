// one puts the noun after a lone 1 into the singular: "1 lines" → "1 line", "1 entries of audit" → "1 entry of audit". Texts are written for many.
export const one = (text: string): string =>
  text.replace(
    /(^|[^\d.,:\-/])1 ([a-z]{2,}?)(ies|(?<![sui])s)(?![a-z])/g,
    (_, before: string, stem: string, end: string) => `${before}1 ${stem}${end === 'ies' ? 'y' : ''}`,
  );
