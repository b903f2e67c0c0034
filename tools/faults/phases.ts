/**
 * What happens between the phases of a run: an app under load, a fault, and the return to order.
 *
 * @module
 */

import type { Verdict } from "./fault.ts";
import { noted, shown } from "./fault.ts";
import { until } from "./keeper.ts";
import { type Asked, type Ledger, needsSession } from "./ledger.ts";
import type { Load } from "./load.ts";

/** Waits until a page that needs the session is answered again. */
export async function untilAnswered(load: Load, since: number): Promise<void> {
  await until("an answer", () => Promise.resolve(load.ledger.asked.some(isSuccessSince(since))));
}

/**
 * Judges how long it took until all pages were answered again.
 *
 * @param ledger The ledger.
 * @param since When the fault was over.
 * @param limit Milliseconds that it may take.
 */
export function judgeRecovery(ledger: Ledger, since: number, limit: number): Verdict {
  const failed = ledger.between(since, Infinity, (one) => needsSession(one) && one.status !== 200);
  const took = Math.max(0, ...failed.map(({ at, waited }) => at + waited - since));
  const isBack = ledger.asked.some(isSuccessSince(since + took));
  const note = isBack
    ? `all was well ${shown(took)} after the fault`
    : "no page was answered after the fault";
  return noted(note, isBack && took <= limit);
}

/** Judges that pages were refused while the fault was there: otherwise the run showed nothing. */
export function judgeRefusals(ledger: Ledger, from: number, to: number): Verdict {
  const asked = ledger.between(from, to, needsSession);
  const refused = asked.filter(({ status }) => status === 503).length;
  const note = `${refused} of ${asked.length} pages were refused meanwhile`;
  return noted(note, refused > 0);
}

/** Judges that visitors were served while the fault was there. */
export function judgeService(
  ledger: Ledger,
  from: number,
  to: number,
  fits: (one: Asked) => boolean = needsSession,
): Verdict {
  const asked = ledger.between(from, to, fits);
  const served = asked.filter(({ status }) => status === 200).length;
  return noted(`${served} of ${asked.length} pages were served meanwhile`, served > 0);
}

function isSuccessSince(since: number): (one: Asked) => boolean {
  return (one) => one.at >= since && one.status === 200 && needsSession(one);
}
