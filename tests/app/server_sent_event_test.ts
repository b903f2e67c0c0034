import { assertEquals, assertThrows } from "jsr:@std/assert@^1.0.0";
import { eventText, type ServerSentEvent } from "../../lib/app/server_sent_event.ts";

Deno.test("eventText() writes an event so that browsers read the same", async (t) => {
  const rows: Record<string, [event: string | ServerSentEvent, text: string]> = {
    "data": ["a", "data: a\n\n"],
    "no data at all": ["", "data: \n\n"],
    "lines of each kind": ["a\nb\r\nc\rd", "data: a\ndata: b\ndata: c\ndata: d\n\n"],
    "a line break at the end": ["a\n", "data: a\ndata: \n\n"],
    "a space at the start": [" a", "data:  a\n\n"],
    "data that reads like a field": [
      "id: 7\n\nevent: x",
      "data: id: 7\ndata: \ndata: event: x\n\n",
    ],
    "every member": [
      { comment: "c", event: "e", data: "d", id: "1", retry: 5 },
      ": c\nevent: e\ndata: d\nid: 1\nretry: 5\n\n",
    ],
    "an id alone": [{ id: "7" }, "id: 7\n\n"],
    "an empty id, which forgets the last": [{ id: "", data: "a" }, "data: a\nid: \n\n"],
    "no time to wait": [{ retry: 0 }, "retry: 0\n\n"],
    "a comment of two lines": [{ comment: "a\ndata: b" }, ": a\n: data: b\n\n"],
    "undefined members": [{ data: "a", id: undefined } as never, "data: a\n\n"],
    "line separators, which are no line breaks": [{ id: "a\u2028b" }, "id: a\u2028b\n\n"],
  };
  for (const [name, [event, text]] of Object.entries(rows)) {
    await t.step(name, () => assertEquals(eventText(event), text));
  }
});

Deno.test("eventText() refuses what would be another event", async (t) => {
  type Row = [event: unknown, kind: new () => Error, message: string];
  const rows: Record<string, Row> = {
    "an id with a line feed": [{ id: "1\ndata: x" }, TypeError, "its id has a line break"],
    "an id with a carriage return": [{ id: "1\rx" }, TypeError, "its id has a line break"],
    "an id with a NUL": [{ id: "1\0" }, TypeError, "its id has a NUL"],
    "a type with a line break": [{ event: "a\r\nb" }, TypeError, "its event has a line break"],
    "a time below 0": [{ retry: -1 }, RangeError, "from 0 to 86400000, not -1"],
    "half a millisecond": [{ retry: 0.5 }, RangeError, "must be an integer of milliseconds"],
    "no number": [{ retry: NaN }, RangeError, "not NaN"],
    "more than a day": [{ retry: 86_400_001 }, RangeError, "not 86400001"],
    "a time as text": [{ retry: "5" }, TypeError, "must be a number"],
    "an object as data": [{ data: { a: 1 } }, TypeError, 'option "data" of an event'],
    "a number as data": [{ data: 7 }, TypeError, "must be a string, not the number 7"],
    "a number": [7, TypeError, "write JSON.stringify(…) for other values"],
    "null": [null, TypeError, "not null"],
    "undefined": [undefined, TypeError, "not undefined"],
    "a list": [["a"], TypeError, "must be an object of options, not an array"],
    "no member": [{}, TypeError, "it has no member"],
    "an unknown member": [{ type: "a" }, TypeError, 'Cannot use option "type" of an event'],
  };
  for (const [name, [event, kind, message]] of Object.entries(rows)) {
    await t.step(name, () => {
      assertThrows(() => eventText(event as never), kind, message);
    });
  }
});
