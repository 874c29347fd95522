import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The API serves the built pages at `/`; `vite apps/console` serves them with a running API behind it. */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // What others wrote changes seldom: a browser keeps it when only our own pages are new.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
            { name: 'antd', test: /node_modules[\\/]/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '^/(me|policy|people|cases|counts|deadlines|events|openapi\\.json|sign-in|sign-out)': 'http://127.0.0.1:3000',
    },
  },
});
