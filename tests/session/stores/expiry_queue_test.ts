import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ExpiryQueue } from "../../../lib/session/stores/expiry_queue.ts";
import { Random } from "../../random.ts";

Deno.test("ExpiryQueue gives the earliest first, as a sorted list does", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(seed);
    const queue = new ExpiryQueue();
    const sorted: [time: number, id: string][] = [];
    for (let step = 0; step < 200; step++) {
      if (sorted.length > 0 && random.chance(0.4)) {
        const [first] = sorted.splice(0, 1);
        assertEquals(queue.first, first?.[0]);
        assertEquals(queue.take(), first?.[1], `seed ${seed}`);
      } else {
        // Each time once, so that the order is certain.
        const time = random.below(1_000) * 1_000 + step;
        queue.add(`${step}`, time);
        sorted.push([time, `${step}`]);
        sorted.sort(([one], [other]) => one - other);
      }
    }
  }
});

Deno.test("ExpiryQueue that is empty has no first time, and nothing to take", () => {
  const queue = new ExpiryQueue();
  assertEquals(queue.first, Infinity);
  assertThrows(() => queue.take(), RangeError);
  queue.add("a", 1);
  assertEquals([queue.take(), queue.first], ["a", Infinity]);
});
