import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './console.css';
import { Console } from './console.tsx';

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
