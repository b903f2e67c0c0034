/**
 * A process that shares the sessions of a file with others: it counts by `modify()`, and sets keys of its
 * own.
 *
 * Arguments: the file, the `Cookie` header, the name of the process, how often.
 *
 * @module
 */

import { storedSessionFactory } from "@pyramidion/pyramidion";
import { sqliteStore } from "@pyramidion/pyramidion/stores/sqlite";
import { FactoryApp } from "../factory_app.ts";
import { SECRET } from "../session_app.ts";

const [file = "", cookie = "", name = "", times = "0"] = Deno.args;
const store = sqliteStore(file);
const factory = storedSessionFactory<Record<string, unknown>>(store, SECRET);
const app = new FactoryApp<Record<string, unknown>>(() => factory);

// Nobody is ahead: it begins when all have said that they are there.
await Deno.stdout.write(new TextEncoder().encode("."));
await Deno.stdin.read(new Uint8Array(1));

const visits = Array.from({ length: Number(times) }, async (_, at) => {
  await app.present(cookie, async (session) => {
    await session.modify("n", (n) => Number(n) + 1);
    session.set(`${name} ${at}`, at);
  });
});
await Promise.all(visits);
if (app.errors.length > 0) throw app.errors[0]?.cause;
await store[Symbol.asyncDispose]();
