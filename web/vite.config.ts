import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  build: { target: 'baseline-widely-available', sourcemap: false, manifest: true, chunkSizeWarningLimit: 900, reportCompressedSize: false },
  server: { port: 18801, host: '127.0.0.1', proxy: { '/api': process.env.TENON ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
