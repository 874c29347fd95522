import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The API serves the built pages at `/`; `vite apps/console` serves them with a running API behind it. */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
  },
  server: {
    proxy: {
      '^/(me|policy|people|cases|counts|deadlines|events|openapi\\.json|sign-in|sign-out)': 'http://127.0.0.1:3000',
    },
  },
});
