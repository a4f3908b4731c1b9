// Emmett's side of the comparison: node emmett.mjs URL SECONDS, prints how many commands were done.
import { randomUUID } from 'node:crypto';
import { CommandHandler } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const [url, seconds] = process.argv.slice(2);
const store = getPostgreSQLEventStore(url);
await store.schema.migrate();

const handle = CommandHandler({
  initialState: () => ({ stage: 'new' }),
  evolve: (state, { type }) => ({ ...state, stage: type }),
});

const step = (from, to) => (state) => {
  if (state.stage !== from) throw new Error(`${to} after ${state.stage}`);
  return { type: to, data: { by: 'zhao', note: 'as the rules ask' } };
};
const FLOW = [step('new', 'opened'), step('opened', 'submitted'), step('submitted', 'approved')];

const flow = async () => {
  const id = randomUUID();
  for (const decide of FLOW) await handle(store, id, decide);
  return FLOW.length;
};

for (let n = 0; n < 7; n++) await flow();
let count = 0;
const end = performance.now() + seconds * 1000;
while (performance.now() < end) count += await flow();
console.log(count);
await store.close();
