/**
 * The commands of the program. To add one, write its file and name it here.
 *
 * @module
 */

export { doctor } from "./commands/doctor.ts";
export { inspect } from "./commands/inspect.ts";
export { match } from "./commands/match.ts";
export { routes } from "./commands/routes.ts";
export { secret } from "./commands/secret.ts";
