import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Executed } from '#execution';
import { isRefusal, type Refusal } from '#kernel';

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What Prometheus is told. Labels are names and codes, never ids and never what anybody said. */
export class Telemetry {
  readonly registry = new Registry();
  private readonly commands = this.counter('redress_commands_total', 'Commands by name and outcome', [
    'command',
    'outcome',
  ]);
  private readonly latency = new Histogram({
    name: 'redress_http_request_duration_seconds',
    help: 'Latency of requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS_SECONDS,
    registers: [this.registry],
  });
  private readonly settled = this.counter('redress_settled_total', 'Cases settled by the timer', ['outcome']);
  private readonly keysLost = this.counter('redress_keys_lost_total', 'Personal parts whose key is lost', []);
  readonly liveConnections = this.gauge('redress_live_connections', 'Connections that follow the feed');

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  commandAnswered(command: string, answer: Executed | Refusal): void {
    const outcome = isRefusal(answer) ? answer.code : answer.repeated ? 'repeated' : 'accepted';
    this.commands.inc({ command, outcome });
  }

  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.latency.observe({ method, route, status }, seconds);
  }

  caseSettled(outcome: 'settled' | 'nothing_due' | 'failed'): void {
    this.settled.inc({ outcome });
  }

  keyLost(): void {
    this.keysLost.inc();
  }

  /** A figure that is read when somebody asks, one value per label. */
  observe(name: string, help: string, label: string, read: () => Promise<ReadonlyMap<string, number>>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      async collect() {
        this.reset();
        for (const [value, figure] of await read()) this.set({ [label]: value }, figure);
      },
    });
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
