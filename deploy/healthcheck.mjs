// Ends with 0 where the server of this container says that it is ready, with 1 where it does not or does not answer.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

const { HOST = '127.0.0.1', PORT = '3000', REDRESS_TLS_CERT } = process.env;
const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[HOST] ?? HOST;
const ask = REDRESS_TLS_CERT ? secure : plain;
// The certificate names where others reach the server; whether it answers here does not depend on it.
const options = { host, port: Number(PORT), path: '/health', timeout: 4000, rejectUnauthorized: false };
const asked = ask(options, (answer) => {
  answer.resume();
  process.exit(answer.statusCode === 200 ? 0 : 1);
});
asked.on('timeout', () => process.exit(1));
asked.on('error', () => process.exit(1));
asked.end();
