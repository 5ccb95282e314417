import { addFeatures, type Feature } from '@/data/feature';

// Every folder of features/ with an index.ts is part of the app.
const found = import.meta.glob<{ default: Feature }>('../features/*/index.ts', { eager: true });

addFeatures(Object.values(found).map((m) => m.default));
