import { assertEquals, assertRejects } from "jsr:@std/assert@^1.0.0";
import { fileStream, type OpenFile } from "../../lib/static/sent_file.ts";

/** A file in memory that gives at most `most` bytes at a time and counts how often it was closed. */
class MemoryFile implements OpenFile {
  closed = 0;
  reads = 0;
  #at = 0;

  constructor(readonly size: number, readonly most: number = Infinity) {}

  read(buffer: Uint8Array): Promise<number | null> {
    this.reads++;
    if (this.closed > 0) throw new Deno.errors.BadResource("closed");
    const count = Math.min(buffer.length, this.size - this.#at, this.most);
    for (let i = 0; i < count; i++) buffer[i] = (this.#at + i) % 251;
    this.#at += count;
    return Promise.resolve(count === 0 ? null : count);
  }

  close(): void {
    this.closed++;
  }
}

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  return await new Response(stream).bytes();
}

Deno.test("fileStream() gives the bytes in order and closes the file once", async (t) => {
  const rows: Record<string, [size: number, most: number, length: number]> = {
    "one chunk": [1000, Infinity, 1000],
    "several chunks": [200_000, Infinity, 200_000],
    "exactly one chunk": [65_536, Infinity, 65_536],
    "short reads": [1000, 7, 1000],
    "less than there is": [200_000, Infinity, 70_000],
    "nothing": [0, Infinity, 0],
  };
  for (const [name, [size, most, length]] of Object.entries(rows)) {
    await t.step(name, async () => {
      const file = new MemoryFile(size, most);
      const bytes = await bytesOf(fileStream(file, length));
      assertEquals(bytes, Uint8Array.from({ length }, (_, i) => i % 251));
      assertEquals(file.closed, 1);
    });
  }
});

Deno.test("fileStream() reads nothing before it is asked for", async () => {
  const file = new MemoryFile(1000);
  fileStream(file, 1000);
  // A stream that reads ahead begins in a microtask.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(file.reads, 0);
});

Deno.test("fileStream() closes an empty file that nobody reads", () => {
  const file = new MemoryFile(0);
  fileStream(file, 0);
  assertEquals(file.closed, 1);
});

Deno.test("fileStream() fails and closes the file where it became shorter", async () => {
  const file = new MemoryFile(100);
  await assertRejects(() => bytesOf(fileStream(file, 150)), Error, "it is 50 bytes shorter");
  assertEquals(file.closed, 1);
});

Deno.test("fileStream() fails and closes the file where reading fails", async () => {
  const file = new MemoryFile(100);
  file.read = () => Promise.reject(new Error("disk"));
  await assertRejects(() => bytesOf(fileStream(file, 100)), Error, "disk");
  assertEquals(file.closed, 1);
});

Deno.test("fileStream() closes the file when the reader goes away", async (t) => {
  await t.step("before the first byte", async () => {
    const file = new MemoryFile(1000);
    await fileStream(file, 1000).cancel();
    assertEquals([file.closed, file.reads], [1, 0]);
  });
  await t.step("in the middle", async () => {
    const file = new MemoryFile(200_000);
    const reader = fileStream(file, 200_000).getReader();
    await reader.read();
    await reader.cancel();
    assertEquals([file.closed, file.reads], [1, 1]);
  });
  await t.step("while a read is under way", async () => {
    const file = new MemoryFile(200_000);
    const { promise, resolve } = Promise.withResolvers<number>();
    const begun = Promise.withResolvers<void>();
    file.read = () => {
      begun.resolve();
      return promise;
    };
    const reader = fileStream(file, 200_000).getReader();
    const read = reader.read();
    await begun.promise;
    await reader.cancel();
    resolve(10);
    assertEquals((await read).done, true);
    await promise; // and whatever the stream does with it
    assertEquals(file.closed, 1);
  });
});
