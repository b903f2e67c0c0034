/**
 * Ours with as many routes as the second argument says; the last one is `/section…/:id`.
 *
 * @module
 */

import { Configurator } from "../../mod.ts";
import { HELLO } from "../payload.ts";
import { patternsOf } from "../route_patterns.ts";
import { serve } from "../serve.ts";

const config = new Configurator();
for (const pattern of patternsOf(Number(Deno.args[1]))) {
  config.addRoute(pattern, pattern);
  config.addView(() => new Response(HELLO), { routeName: pattern });
}

serve(config.makeApp().fetch);
