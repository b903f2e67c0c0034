/**
 * The commands of the program. To add one, write its file and name it here.
 *
 * @module
 */

export { doctor } from "./doctor.ts";
export { inspect } from "./inspect.ts";
export { match } from "./match.ts";
export { routes } from "./routes.ts";
export { secret } from "./secret.ts";
export { sessions } from "./sessions.ts";
