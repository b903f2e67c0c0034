/**
 * Prints an answer without the library: what a start costs by itself.
 *
 * @module
 */

const response = new Response("<h1>Home</h1>");
await Deno.stdout.write(new TextEncoder().encode(await response.text()));
