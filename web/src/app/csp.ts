// The page may hold only style elements that carry its nonce. Widgets take it as a setting; the small helpers of libraries (scroll locks, measures)
// do not, so every style element that a script makes gets it.
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce || undefined;

if (nonce) {
  const create = document.createElement.bind(document) as (tag: string, o?: ElementCreationOptions) => HTMLElement;
  document.createElement = ((tag: string, o?: ElementCreationOptions) => {
    const e = create(tag, o);
    if (tag.toLowerCase() === 'style') e.setAttribute('nonce', nonce);
    return e;
  }) as typeof document.createElement;
}
