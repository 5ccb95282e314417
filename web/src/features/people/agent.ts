// What browsers and systems call themselves, the most particular first: Edge and Opera name Chrome too, Chrome names Safari.
const browsers: [RegExp, string][] = [
  [/MicroMessenger/, '微信 WeChat'],
  [/DingTalk/, '钉钉 DingTalk'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const named = (list: [RegExp, string][], agent: string) => list.find(([says]) => says.test(agent))?.[1];

// deviceOf is a browser and its system as people call them, "Chrome · Windows"; what is not known stays as it is, shortened.
export function deviceOf(agent: string): string {
  const parts = [named(browsers, agent), named(systems, agent)].filter(Boolean);
  return parts.join(' · ') || agent.slice(0, 40);
}
