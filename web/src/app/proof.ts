// work finds a text so that the SHA-256 of "puzzle:text" begins with so many zero bits.
export async function work(puzzle: string, bits: number): Promise<string> {
  const bytes = new TextEncoder();
  for (let n = 0; ; n++) {
    const solution = `${puzzle}:${n.toString(36)}`;
    const sum = new DataView(await crypto.subtle.digest('SHA-256', bytes.encode(solution)));
    if (Math.clz32(sum.getUint32(0)) >= bits) return solution;
  }
}
