/**
 * Ours with sessions in Redis, every option but its time limits at its default. The third
 * argument names the client.
 *
 * @module
 */

import { redisStore } from "../../lib/session/stores/redis/redis_store.ts";
import { storedSessionFactory } from "../../mod.ts";
import { PATIENT, SECRET, type State } from "../payload.ts";
import { connectIoredis, connectRedis } from "../redis_connection.ts";
import { serve } from "../serve.ts";
import { makeApp } from "./app.ts";

const client = Deno.args[2] === "ioredis" ? await connectIoredis() : await connectRedis();

serve(makeApp(storedSessionFactory<State>(redisStore(client), SECRET, PATIENT)).fetch);
